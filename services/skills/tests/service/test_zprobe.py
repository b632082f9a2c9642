import json, base64, pytest
from uuid import uuid4
from chassis.testing.keys import Person
from services.discussion.app import SERVICE
from services.skills.app import SERVICE as SKILLS
from services.social.app import SERVICE as SOCIAL

def cur(v): return base64.urlsafe_b64encode(json.dumps(v).encode()).decode().rstrip("=")

def test_bodies(service_under_test):
    d=service_under_test(SERVICE); c=d.as_member(Person("Ana",uuid4()))
    raws={"nest":b"["*100000,"nest2":b'{"title":'+b"["*900+b"]"*900+b',"body":"x"}',"nest3":b'{"title":'+b"["*400+b"]"*400+b',"body":"x"}',
      "surrkey":b'{"\\ud800":1,"title":"abcdefg","body":"x"}',"nulkey":b'{"\\u0000":1,"title":"abcdefg","body":"x"}',"surr":b'{"title":"abcdefg\\ud800","body":"x"}',
      "kwsurr":b'{"title":"abcdefg","body":"x","keywords":["\\ud800"]}', "kwnul":b'{"title":"abcdefg","body":"x","keywords":["a\\u0000"]}',"bigint":b'{"title":'+b"9"*5000+b',"body":"x"}',
      "badutf":b'{"title":"\xff\xfe","body":"x"}',"array":b"[]","null":b"null","str":b'"x"',"num":b"1","empty":b"","nan":b'{"title":NaN,"body":"x"}',
      "huge":b'{"title":"abcdefg","body":"'+b"x"*(6*1024*1024)+b'"}',"long":b'{"title":"abcdefg","body":"'+b"x"*(20001)+b'"}',"aud":b'{"title":"abcdefg","body":"x","audience":"\\ud800"}',
      "dict kw":b'{"title":"abcdefg","body":"x","keywords":{"a":1}}',"kw nonslug":b'{"title":"abcdefg","body":"x","keywords":["!!"]}',"bool":b'{"title":true,"body":false}',
      "utf16":'{"title":"abcdefg","body":"x"}'.encode("utf-16"),"utf8bom":b'\xef\xbb\xbf{"title":"abcdefg","body":"x"}', "dup":b'{"title":"abcdefg","title":1,"body":"x"}',
      "kw expansion": json.dumps({"title":"abcdefg","body":"x","keywords":["\ufdfa"*50,"\U0001F130"*50, "中"*50]}).encode(),
      "ctrl":b'{"title":"abc\\u0001\\u0002defg","body":"\\u202e"}'}
    for k,v in raws.items():
        try:
            r=c.request("POST","/questions",data=v,content_type="application/json")
            print(k,r.status_code,r.content_type,r.get_data(as_text=True)[:200])
        except BaseException as e: print(k,"RAISED",repr(e)[:200])
    for ct in ("text/plain","application/x-www-form-urlencoded",None):
        r=c.request("POST","/questions",data=b'{"title":"abcdefg","body":"x"}',content_type=ct); print(ct,r.status_code,r.content_type)
    for q in ["?limit=0","?limit=51","?limit=x","?limit="+"9"*5000,"?cursor=","?cursor=%00","?cursor=%ff","?x=1","?x%00=1","?%ed%a0%80=1","?author=1","?keyword=%00","?keyword=%ed%a0%80","?limit=1&limit=2","?cursor="+cur([1,2]),"?cursor="+cur(["2020-01-01","x"]),"?cursor="+cur(["2020-01-01T00:00:00+00:00",5]),"?cursor="+cur(["0001-01-01T00:00:00+14:00",str(uuid4())]),"?cursor="+cur(["9999-12-31T23:59:00-14:00",str(uuid4())]),"?cursor="+base64.urlsafe_b64encode(b"["*300).decode(), "?cursor="+cur([[1],{}]), "?cursor="+cur(["20200101T000000+00","{"+str(uuid4())+"}"]), "?cursor="+cur(["2020-01-01T00:00:00+00:00:30",str(uuid4())])]:
        for p in ("/questions","/feed"):
            try:
                r=c.get(p+q); print(p,q[:60],r.status_code,r.content_type,r.get_data(as_text=True)[:120])
            except BaseException as e: print(p,q[:40],"RAISED",repr(e)[:200])
    for m,p in (("GET","/questions/nope"),("GET","/questions/"+str(uuid4())),("PUT","/posts/%00/like"),("PUT","/posts/"+str(uuid4())+"/like"),("PATCH","/questions"),("GET","/nope")):
        r=c.request(m,p); print(m,p,r.status_code,r.content_type)
    r=c.post("/questions",{"title":"abcdefg","body":"x"},headers={"Idempotency-Key":"x"*201}); print(r.status_code,r.json)
    r=c.post("/questions",{"title":"abcdefg","body":"x"},headers={"Idempotency-Key":"é"}); print(r.status_code,r.json)
    r=c.request("POST","/questions",data=b"x",headers={"Idempotency-Key":"k","X-Correlation-Id":"\x01\xff","Content-Type":"application/json"}); print(r.status_code,r.json, r.headers["X-Correlation-Id"])

def test_skills(service_under_test):
    d=service_under_test(SKILLS); me=Person("Ana",uuid4()); c=d.as_member(me)
    from tests_factories import joined
    d.deliver(joined(me))
    for v in ([1.0,10**30],[1.0,2**31],[10**310,1],[float("nan"),1],[float("inf"),1],[1.0,1.5],[1e308,-1],[True,1],["1",1],[None,1]):
        r=c.get(f"/members/{me.id}/skills?cursor="+cur(v)); print(str(v)[:40],r.status_code,r.get_data(as_text=True)[:100])
    for v in ([1.0,str(uuid4())],[10**310,str(uuid4())],[float("nan"),str(uuid4())]):
        r=c.get(f"/skills/apache-kafka/experts?cursor="+cur(v)); print(str(v)[:40],r.status_code,r.get_data(as_text=True)[:100])
    for p in ("/skills/%00/experts","/skills/%ed%a0%80/experts","/skills/nope/experts",f"/members/{uuid4()}/skills",f"/members/{me.id}/skills/nope/evidence", f"/members/{me.id}/skills/%ff/evidence"):
        r=c.get(p); print(p,r.status_code,r.get_data(as_text=True)[:100])

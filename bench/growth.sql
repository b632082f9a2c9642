-- From post %(before)s to post %(after)s of a community that asks every 90 seconds: every fourth
-- post is a question, members 1 to 30 ask all the time, 31 to 60 among the first 3,000 posts alone.
-- Each question has a keyword of 1,000, every fifth the popular one, ten early ones the rare one.
-- Every fifth post says "mesurer", every thousandth "boulanger", ten of the first say "alambic".
SET session_replication_role = replica;

CREATE OR REPLACE FUNCTION pg_temp.moment(n bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
$$ SELECT timestamptz '2023-01-01 00:00+00' + n * interval '90 seconds' $$;

-- As UUIDv7, in the order of time.
CREATE OR REPLACE FUNCTION pg_temp.post(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (lpad(to_hex((1672531200 + n * 90) * 1000), 12, '0') || '7' || substr(md5(n::text), 1, 3)
           || '8' || substr(md5(n::text), 4, 15))::uuid $$;

CREATE OR REPLACE FUNCTION pg_temp.member(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT md5('member ' || n)::uuid $$;

CREATE OR REPLACE FUNCTION pg_temp.keyword(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT md5('keyword ' || n)::uuid $$;

CREATE OR REPLACE FUNCTION pg_temp.words(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT 'Ce que dit le numéro ' || n || CASE WHEN n %% 5 = 0 THEN ' pour mesurer' ELSE '' END
          || CASE WHEN n %% 1000 = 0 THEN ' chez le boulanger' ELSE '' END
          || CASE WHEN n < 1000 AND n %% 100 = 0 THEN ' un alambic' ELSE '' END $$;

CREATE OR REPLACE FUNCTION pg_temp.author(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN n %% 20 = 0 THEN 1 + n / 20 %% 30
               WHEN n %% 20 = 4 AND n < 3000 THEN 31 + n / 20 %% 30
               ELSE 61 + ('x' || substr(md5('author ' || n), 1, 7))::bit(28)::int %% 4940 END $$;

INSERT INTO member_refs (id, name, headline, state, revision)
SELECT pg_temp.member(n), 'Member ' || n, 'Mends things', 'active', 1
FROM generate_series(1, 5000) AS n ON CONFLICT DO NOTHING;

-- Viewers: 4998 follows the active, 4999 the silent, 5000 three thousand. All others follow thirty.
INSERT INTO follow_refs (follower_id, followed_id, is_following, revision)
SELECT pg_temp.member(viewer), pg_temp.member(n), true, 1
FROM (VALUES (4998, 1, 30), (4999, 31, 60), (5000, 61, 3060)) AS v(viewer, first, last),
     generate_series(first, last) AS n
UNION ALL
SELECT pg_temp.member(viewer), pg_temp.member(1 + (viewer * 7 + n * 131) %% 4990), true, 1
FROM generate_series(1, 4997) AS viewer, generate_series(1, 30) AS n ON CONFLICT DO NOTHING;

-- 4998 also follows thirty keywords and the popular one, and has five skills.
{interests}
INSERT INTO keywords (id, slug, label, created_at)
SELECT pg_temp.keyword(n), CASE n WHEN 1001 THEN 'popular' WHEN 1002 THEN 'rare'
                           ELSE 'subject-' || n END, 'Subject ' || n, pg_temp.moment(0)
FROM generate_series(1, 1002) AS n ON CONFLICT DO NOTHING;

INSERT INTO posts (id, kind, author_id, question_id, title, body, body_html, audience,
                   like_count, answer_count, revision, published_at{search})
SELECT pg_temp.post(n), CASE n %% 4 WHEN 0 THEN 'question' ELSE 'answer' END,
       pg_temp.member(pg_temp.author(n)), CASE n %% 4 WHEN 0 THEN NULL ELSE pg_temp.post(n / 4 * 4) END,
       CASE n %% 4 WHEN 0 THEN 'Question ' || n ELSE '' END, pg_temp.words(n),
       '<p>' || pg_temp.words(n) || '</p>', 'members', 2,
       -- Every tenth question still waits.
       CASE WHEN n %% 4 = 0 AND n %% 40 <> 0 THEN 3 ELSE 0 END, 1, pg_temp.moment(n){found}
FROM generate_series(%(before)s::bigint, %(after)s::bigint - 1) AS n;

INSERT INTO post_keywords (post_id, keyword_id, position{published_at}{is_waiting})
SELECT pg_temp.post(n), pg_temp.keyword(k), row_number() OVER (PARTITION BY n ORDER BY k) - 1{moment}{waits}
FROM generate_series(%(before)s::bigint, %(after)s::bigint - 1) AS n,
     LATERAL (SELECT 1 + n / 4 %% 1000 UNION ALL SELECT 1001 WHERE n %% 5 = 0
              UNION ALL SELECT 1002 WHERE n < 1000 AND n %% 100 = 0) AS used(k)
WHERE n %% 4 = 0;

INSERT INTO likes (post_id, member_id, is_liked, revision, liked_at)
SELECT pg_temp.post(n), pg_temp.member(61 + (n * 7 + k * 1009) %% 4940), true, 1, pg_temp.moment(n)
FROM generate_series(%(before)s::bigint, %(after)s::bigint - 1) AS n, generate_series(0, 1) AS k;
{counts}

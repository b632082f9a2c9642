"""Files that nobody has checked: what cannot be imported is left out and counted."""

import gzip
import time
from collections import Counter
from pathlib import Path

import pytest

from demo.communities import POST_COLUMNS, Community, find_community, read_community
from demo.sources import Accept, CommunityNotFound, Like, Post
from demo.tests.bees import POSTS, VOTES, Row, Write

QUESTION = ("7", "q", "0", "asker", "1000", "", "How do bees find home?")


def read(write: Write, posts: list[Row], votes: list[Row] | None = None) -> Community:
    return read_community(write([*POSTS, *posts], [*VOTES, *(votes or [])]), "bees")


def test_a_clean_community_leaves_nothing_out(community: Community) -> None:
    assert len(community.posts) == 3 and len(community.likes) == 3
    assert not community.left_out and not community.mended


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("8", "a", "99", "asker", "1000", "", ""), "answers whose question is missing"),
        (("8", "a", "2", "asker", "1000", "", ""), "answers whose question is missing"),
        (("8", "a", "8", "asker", "1000", "", ""), "answers whose question is missing"),
        (("8", "q", "0", "", "1000", "", "A question?"), "posts without an author"),
        (("8", "q", "0", "asker", "yesterday", "", "A question?"), "posts with a bad date"),
        (("8", "q", "0", "asker", "", "", "A question?"), "posts with a bad date"),
        (("8", "q", "0", "asker", "-5", "", "A question?"), "posts with a bad date"),
        (("8", "q", "0", "asker", "1520874045000", "", "A question?"), "posts with a bad date"),
        (("8", "q", "0", "asker", "9" * 5000, "", "A question?"), "posts with a bad date"),
        (("1", "q", "0", "expert", "1500", "", "The same id?"), "posts whose id is taken"),
        (("", "q", "0", "asker", "1000", "", "A question?"), "posts without an id"),
        (("8", "poll", "0", "asker", "1000", "", "A question?"), "posts of an unknown kind"),
        (("8",), "posts of an unknown kind"),
    ],
)
def test_a_post_that_cannot_be_is_left_out(write: Write, row: Row, fault: str) -> None:
    found = read(write, [row])

    assert found.left_out == Counter({fault: 1})
    assert [post.id for post in found.posts] == ["1", "2", "3"]


def test_what_is_said_of_a_post_that_was_left_out_goes_with_it(write: Write) -> None:
    posts: list[Row] = [
        ("8", "q", "0", "asker", "soon", "", "Without a date?"),
        ("9", "a", "8", "expert", "2000", "", ""),
    ]

    found = read(write, posts, [("9", "asker", "up", "3000")])

    assert found.left_out == {
        "posts with a bad date": 1,
        "answers whose question is missing": 1,
        "likes of posts that are not there": 1,
    }


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("99", "asker", "up", "3000"), "likes of posts that are not there"),
        (("2", "asker", "up", "3001"), "likes given twice"),
        (("2", "expert", "up", "never"), "likes with a bad date"),
        (("2", "", "up", "3000"), "likes without a liker"),
    ],
)
def test_a_like_that_cannot_be_is_left_out(write: Write, row: Row, fault: str) -> None:
    found = read(write, [], [row])

    assert found.left_out == Counter({fault: 1})
    assert len(found.likes) == 3


def test_votes_of_other_kinds_are_no_likes(write: Write) -> None:
    found = read(write, [], [("2", "", "accept", "3000"), ("2", "", "zzz", "no date")])

    assert len(found.likes) == 3 and not found.left_out


def test_nothing_happens_before_what_it_is_about() -> None:
    posts = [Post("2", "1", "b", 900), Post("1", None, "a", 1000), Post("3", "1", "c", 5000)]
    likes = [Like("2", "a", 950), Like("3", "a", 10)]

    acts = Community("bees", posts, likes).in_order()

    assert [act for _, act in acts] == [posts[1], posts[0], likes[0], posts[2], likes[1]]
    assert [at for at, _ in acts] == [1000, 1001, 1001, 5000, 5000]


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("", "Untitled (7)"),
        ("Why?", "Why? (7)"),
        ("Why\u200b\u202e do bees\x1b[31m dance?", "Why do bees[31m dance?"),
        ("  Why do\n bees\tdance? ", "Why do bees dance?"),
        ("x" * 151, "x" * 149 + "…"),
    ],
)
def test_a_title_is_made_fit(write: Write, title: str, kept: str) -> None:
    found = read(write, [(*QUESTION[:6], title)])

    assert found.posts[-1].title == kept
    assert found.mended == {"titles made fit": 1}


def test_keywords_that_none_can_have_are_left_out(write: Write) -> None:
    labels = ["bees", "Bees", "…", "x" * 51, "ho\u200bney", "a", "b", "c", "d"]

    found = read(write, [(*QUESTION[:5], ";".join(labels), QUESTION[6])])

    assert found.posts[-1].skills == ("bees", "honey", "a", "b", "c")
    assert found.mended == {"keywords left out": 4}


def test_a_text_is_the_body_and_an_empty_one_is_not(tmp_path: Path, write: Write) -> None:
    write([], VOTES)
    columns = "post_id,kind,parent_id,author,ts,skills,title,text\n"
    rows = [
        '1,q,0,asker,1000,,Why do bees dance?,"They do,\x07 really."\n',
        '2,a,1,expert,2000,,," \x00\u200b "\n',
    ]
    with gzip.open(tmp_path / "bees_posts.csv.gz", "wt", newline="") as text:
        text.writelines([columns, *rows])

    found = read_community(tmp_path, "bees")

    assert [post.body for post in found.posts] == ["They do, really.", "…"]


def test_an_unknown_community_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CommunityNotFound, match="There is no"):
        read_community(tmp_path, "nowhere")


def test_a_file_that_may_not_be_read_is_one_clear_line(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(file))

    folder = write(POSTS, VOTES)
    monkeypatch.setattr(gzip, "open", refuse)

    with pytest.raises(CommunityNotFound, match="cannot be read: Permission denied"):
        read_community(folder, "bees")


def test_likes_without_likers_are_drawn_always_the_same_and_it_is_said(write: Write) -> None:
    votes = [("2", "", "up", "3000")] * 2 + [("3", "", "up", "3000")] * 5

    found, again = (read_community(write(POSTS, votes), "bees") for _ in range(2))

    assert found.likes == again.likes
    likers = [like.liker for like in found.likes if like.post == "2"]
    assert sorted(likers) == ["asker", "novice"]  # never its author, and nobody twice
    assert found.left_out == {"likes without a liker": 3}
    assert found.notes == [
        "The data do not say who voted: the likers of 4 likes are drawn by chance,"
        " each time the same (seed 1)."
    ]


def test_who_is_known_to_vote_is_drawn_and_nobody_before_they_came(
    tmp_path: Path, write: Write
) -> None:
    posts = [(str(n), "q", "0", f"asker{n}", "1000", "", "Why is that so?") for n in range(40)]
    write(posts, [(str(n), "", "up", "3000") for n in range(40)])
    with gzip.open(tmp_path / "bees_users.csv.gz", "wt", newline="") as text:
        text.write("user,ts_created,upvotes_cast\nvoter,500,90\nlate,900000,900\nsilent,500,0\n")

    found = read_community(tmp_path, "bees")

    assert {like.liker for like in found.likes} == {"voter"}


def test_the_answer_accepted_last_is_accepted_by_who_asked(write: Write) -> None:
    votes = [("2", "asker", "accept", "6000"), ("3", "asker", "accept", "7000")]
    votes += [("1", "asker", "accept", "8000"), ("9", "asker", "accept", "8000")]

    found = read_community(write(POSTS, votes), "bees")

    assert found.accepts == [Accept("3", "asker", 7000)]
    assert found.in_order()[-1] == (7000, Accept("3", "asker", 7000))


def test_the_only_community_of_a_folder_needs_no_name(tmp_path: Path, write: Write) -> None:
    assert find_community(write(POSTS, [])) == "bees"

    (tmp_path / "ants_posts.csv.gz").touch()
    with pytest.raises(CommunityNotFound, match="Say which by --community: ants, bees"):
        find_community(tmp_path)


def test_a_community_without_posts_is_one_clear_line(write: Write) -> None:
    with pytest.raises(CommunityNotFound, match="no post that can be imported"):
        read_community(write([], VOTES), "bees")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(",".join(POST_COLUMNS).encode() + b"\n1,q\n" * 9000)[:-20], "cut off"),
        (b"post_id,kind\n", "cut off, or not compressed"),
        (b"", "has no column"),
        (gzip.compress(b"post_id,kind,author,ts,skills,title\n"), "has no column parent_id"),
        (gzip.compress(b"post_id,kind,parent_id,author,ts,skills,title\n1,\xff\n"), "UTF-8"),
        (gzip.compress(b"x" * (11 << 20)), "field larger"),
    ],
    ids=["cut off", "not gzip", "empty", "a column missing", "not UTF-8", "one long field"],
)
def test_a_file_that_is_none_is_one_clear_line(
    write: Write, tmp_path: Path, content: bytes, words: str
) -> None:
    write(POSTS, VOTES)
    (tmp_path / "bees_posts.csv.gz").write_bytes(content)

    with pytest.raises(CommunityNotFound, match=words):
        read_community(tmp_path, "bees")


def test_a_date_of_today_is_a_date(write: Write) -> None:
    found = read(write, [(*QUESTION[:4], str(int(time.time())), *QUESTION[5:])])

    assert len(found.posts) == 4

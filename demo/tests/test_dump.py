"""A small dump by the published schema is read, and a hostile one refused."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from demo import __main__ as command
from demo.arrival import wait_for_events
from demo.dump.markdown import markdown_of
from demo.dump.rows import Hostile, read_rows
from demo.dump.staging import Dump
from demo.importing import Import
from demo.machine import Machine
from demo.sources import Accept, CommunityNotFound, Like, Post
from services.discussion import models as discussion
from services.identity.models import Member

HEAD = '\ufeff<?xml version="1.0" encoding="utf-8"?>\n'
POSTS = """
<row Id="1" PostTypeId="1" AcceptedAnswerId="3" CreationDate="2020-03-01T10:00:00.123" Score="2"
  Body="&lt;p&gt;The &lt;b&gt;frames&lt;/b&gt; are empty.&lt;/p&gt;" OwnerUserId="11"
  Title="What do bees live on in winter?" Tags="&lt;beekeeping&gt;&lt;winter-feed&gt;" />
<row Id="2" PostTypeId="2" ParentId="1" CreationDate="2020-03-01T11:00:00.000" Score="3"
  Body="&lt;p&gt;On honey.&lt;/p&gt;" OwnerUserId="12" />
<row Id="3" PostTypeId="2" ParentId="1" CreationDate="2020-03-01T09:00:00.000" Score="1"
  Body="&lt;pre&gt;&lt;code&gt;sugar = 2&lt;/code&gt;&lt;/pre&gt;" OwnerDisplayName="user99" />
<row Id="4" PostTypeId="1" CreationDate="2020-03-02T09:00:00.000" OwnerUserId="12"
  Body="&lt;p&gt;And in summer?&lt;/p&gt;" Title="Bees in summer, what then?" Tags="|beekeeping|" />
<row Id="5" PostTypeId="5" CreationDate="2020-03-01T09:00:00.000" OwnerUserId="12" Body="" />
<row Id="6" PostTypeId="2" ParentId="77" CreationDate="2020-03-03T09:00:00.000" OwnerUserId="12"
  Body="" />
<row Id="7" PostTypeId="1" CreationDate="2020-03-01T10:00:00" Body="" Title="Nobody's question?" />
<row Id="8" PostTypeId="1" CreationDate="yesterday" OwnerUserId="12" Body="" Title="When was it?" />
"""
USERS = """
<row Id="-1" DisplayName="Community" CreationDate="2020-01-01T00:00:00.000" UpVotes="0" />
<row Id="11" DisplayName="Ada Honey" CreationDate="2020-02-01T00:00:00.000" UpVotes="9" />
<row Id="12" DisplayName="b@d.example" CreationDate="2020-02-02T00:00:00.000" UpVotes="4" />
<row Id="13" DisplayName="Cyd Reader" CreationDate="2020-02-03T00:00:00.000" UpVotes="7" />
"""
VOTES = """
<row Id="1" PostId="2" VoteTypeId="2" CreationDate="2020-03-01T00:00:00.000" />
<row Id="2" PostId="2" VoteTypeId="2" CreationDate="2020-03-02T00:00:00.000" />
<row Id="3" PostId="2" VoteTypeId="3" CreationDate="2020-03-02T00:00:00.000" />
<row Id="4" PostId="3" VoteTypeId="1" CreationDate="2020-03-04T00:00:00.000" />
<row Id="5" PostId="88" VoteTypeId="2" CreationDate="2020-03-02T00:00:00.000" />
<row Id="6" PostId="1" VoteTypeId="5" UserId="12" CreationDate="2020-03-02T00:00:00.000" />
"""
COMMENTS = """
<row Id="1" PostId="2" Score="0" Text="Yes." CreationDate="2020-03-01T12:00:00.000" UserId="13" />
"""
MARCH = 1_583_020_800  # 2020-03-01
Fill = Callable[..., Path]


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    def fill(**files: str) -> Path:
        known = {"Posts": POSTS, "Users": USERS, "Votes": VOTES, "Comments": COMMENTS, **files}
        for name, rows in known.items():
            text = f"{HEAD}<{name.lower()}>{rows}</{name.lower()}>"
            (tmp_path / f"{name}.xml").write_text(text, encoding="utf-8")
        return tmp_path

    return fill


def test_posts_keywords_and_accepts_are_read_in_order_of_time(fill: Fill) -> None:
    with Dump(fill(), "bees") as dump:
        acts = [act for _, act in dump.in_order()]
        moments = [at for at, _ in dump.in_order()]

    assert acts[0] == Post(
        "1",
        None,
        "11",
        MARCH + 36_000,
        ("beekeeping", "winter-feed"),
        "What do bees live on in winter?",
        "The **frames** are empty.",
    )
    # Dated before its question, and by somebody who left.
    assert acts[1].author == "formerly user99" and acts[1].body == "```\nsugar = 2\n```"
    assert acts[-1] == Accept("3", "11", MARCH + 3 * 86_400)
    assert moments == sorted(moments) and dump.name == "bees"


def test_likers_are_drawn_each_time_the_same(fill: Fill) -> None:
    found = []
    for _ in range(2):
        with Dump(fill(), "bees") as dump:
            found.append([act for _, act in dump.in_order() if isinstance(act, Like)])
            notes = dump.notes

    assert found[0] == found[1] and {like.post for like in found[0]} == {"2"}
    assert {like.liker for like in found[0]} <= {"11", "13", "formerly user99"}
    assert len({like.liker for like in found[0]}) == 2
    assert any("likers of 2 likes are drawn by chance" in note for note in notes)


def test_what_cannot_be_imported_is_counted(fill: Fill) -> None:
    with Dump(fill(), "bees") as dump:
        assert dump.left_out == {
            "posts of another kind": 1,
            "posts without an author": 1,
            "posts with a bad date": 1,
            "answers whose question is missing": 1,
            "likes of posts that are not there": 1,
        }


def test_posts_alone_are_enough_and_it_is_said_what_is_missing(fill: Fill) -> None:
    folder = fill()
    for name in ("Users", "Votes", "Comments"):
        (folder / f"{name}.xml").unlink()

    with Dump(folder, "bees") as dump:
        assert len([act for _, act in dump.in_order() if isinstance(act, Post)]) == 4
        assert [note.split(":")[0] for note in dump.notes] == [
            f"There is no {name}.xml" for name in ("Users", "Votes", "Comments")
        ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]><posts><row Id="&b;"/></posts>', "document type"),
        ('<!DOCTYPE posts SYSTEM "file:///etc/passwd"><posts/>', "document type"),
        ("<posts><row", "no XML at line 1"),
        ("<posts><row Id='\x01'/></posts>", "no XML at line 1"),
        ("<posts><row Body='" + "x" * (9 << 20), "does not end"),
        ("", "no XML"),
    ],
    ids=["entities", "from elsewhere", "cut off", "control", "a row without end", "empty"],
)
def test_hostile_xml_is_one_clear_line(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "Posts.xml"
    file.write_text(text)

    with pytest.raises(CommunityNotFound, match=told):
        list(read_rows(file))

    assert issubclass(Hostile, CommunityNotFound)


def test_memory_stays_small_whatever_the_size(tmp_path: Path) -> None:
    file, row = tmp_path / "Posts.xml", f'<row Id="1" Body="{"x" * 1000}"/>\n'
    with file.open("w") as text:
        text.writelines(["<posts>", *(row for _ in range(30_000)), "</posts>"])
    tracemalloc.start()

    count = sum(1 for _ in read_rows(file))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 30_000 and peak < 2 << 20 < file.stat().st_size


def test_html_becomes_markdown() -> None:
    html = (
        '<h2>Why</h2><p>It is <em>so</em>, see <a href="https://a.example/b">there</a>,'
        ' not <a href="javascript:x">here</a>: 2*3_4.</p><ul><li>one</li><li>two <code>`x`</code>'
        "</li></ul><ol><li>first</li></ol><blockquote><p>said</p></blockquote>"
        "<pre><code>a\n  b ```\n</code></pre>"
    )

    assert markdown_of(html) == (
        "### Why\n\nIt is *so*, see [there](https://a.example/b), not here: 2\\*3\\_4.\n\n"
        "- one\n- two `'x'`\n\n1. first\n\n> said\n\n```\na\n  b '''\n\n```"
    )


def test_a_dump_is_imported_with_its_people_likes_and_accepts(
    fill: Fill, delivered: Machine
) -> None:
    said: list[str] = []
    delivered.say = said.append
    with Dump(fill(), "bees") as dump:
        Import(dump, delivered).run()
    wait_for_events(delivered, patience=20)

    names = delivered.do("identity", lambda session: set(session.scalars(select(Member.name))))
    assert {"Ada Honey", "Bees 12"} < names  # an address is no name
    assert delivered.do("discussion", _counts) == [4, 2, 1]
    assert "4 posts, 2 likes and 1 accepted answers imported" in "\n".join(said)
    assert any(line.startswith("Left out: 1 answers whose question is missing") for line in said)


def test_a_folder_without_either_form_is_one_clear_line(tmp_path: Path) -> None:
    found = CliRunner().invoke(command.main, ["import", str(tmp_path)])

    assert found.exit_code == 1
    assert f"There is no Posts.xml and no *_posts.csv.gz in {tmp_path}" in found.output


def _counts(session: Session) -> list[int]:
    models = (discussion.Post, discussion.Like, discussion.Accept)
    return [session.execute(select(func.count()).select_from(m)).scalar_one() for m in models]

// The main journey as somebody else's client makes it, with nothing but the generated types.
//
// node built/journey.js URL TOKEN…: joins by each of these invitations, prints one JSON line of what
// it saw, and throws where an answer is not what the document promises. Each `@ts-expect-error` is a mistake that must not compile:
// types that allow everything would fail there.

import { randomUUID } from "node:crypto";

import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./schema.js";

type Attribution = components["schemas"]["Attribution"];

const PASSWORD = "correct horse battery staple";
const [url, ...tokens] = process.argv.slice(2);
if (!url || tokens.length < 3) throw new Error("usage: journey.js URL TOKEN TOKEN TOKEN…");
const baseUrl: string = url;

interface Member {
  id: string;
  client: Client<paths>;
  refreshToken: string;
}

/** The data of an answer that must be a success. */
function ok<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined || answer.error !== undefined) {
    throw new Error(`${answer.response.status}: ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

function clientWith(token?: string): Client<paths> {
  return createClient<paths>({
    baseUrl,
    ...(token ? { headers: { Authorization: `Bearer ${token}` } } : {}),
  });
}

async function join(token: string, name: string): Promise<Member> {
  const stranger = clientWith();
  const email = `${randomUUID()}@example.org`;
  const body = { token, name, email, password: PASSWORD };
  const member = ok(await stranger.POST("/api/v1/members", { body }));
  const session = ok(
    await stranger.POST("/api/v1/sessions", { body: { email, password: PASSWORD } }),
  );
  return {
    id: member.id,
    client: clientWith(session.access_token),
    refreshToken: session.refresh_token,
  };
}

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  const until = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error("never happened");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function heldSkill(reader: Member, of: Member): Promise<Attribution | undefined> {
  const answer = await reader.client.GET("/api/v1/members/{member_id}/skills", {
    params: { path: { member_id: of.id } },
  });
  // Not known there yet: the services tell each other by events.
  return answer.data?.items.find((held) => held.skill.slug === "postgresql");
}

/** Every page of the members, by the cursor that each page names. */
async function countMembers(reader: Member): Promise<number> {
  let count = 0;
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = cursor ? { limit: 2, cursor } : { limit: 2 };
    const page: components["schemas"]["FoundMemberPage"] = ok(
      await reader.client.GET("/api/v1/members", { params: { query } }),
    );
    count += page.items.length;
    cursor = page.next;
  } while (cursor);
  return count;
}

async function refusedCode(reader: Member): Promise<string | undefined> {
  const { error } = await reader.client.GET("/api/v1/questions/{question_id}", {
    params: { path: { question_id: randomUUID() } },
  });
  return error?.code;
}

async function rotate(member: Member): Promise<boolean> {
  const body = { refresh_token: member.refreshToken };
  const renewed = ok(await clientWith().POST("/api/v1/sessions/refresh", { body }));
  const me = ok(await clientWith(renewed.access_token).GET("/api/v1/members/me"));
  return renewed.refresh_token !== member.refreshToken && me.id === member.id;
}

/** Never called: what the types refuse. */
export async function mistakes({ client }: Member): Promise<void> {
  // @ts-expect-error A question has a title.
  await client.POST("/api/v1/questions", { body: { body: "Without a title" } });
  // @ts-expect-error There is no such path.
  await client.GET("/api/v1/experts/declared");
  // @ts-expect-error Nobody declares a skill.
  await client.POST("/api/v1/members/{member_id}/skills", {});
  const { data } = await client.GET("/api/v1/members/me");
  // @ts-expect-error A member has no such field.
  console.log(data?.declared_skills);
}

const members: Member[] = [];
for (const [number, token] of tokens.entries()) {
  const params = { path: { token } };
  const preview = ok(
    await clientWith().GET("/api/v1/invitations/preview/{token}", { params }),
  );
  if (!preview.sponsor) throw new Error("an invitation of nobody");
  members.push(await join(token, `Member ${number}`));
}
const [asker, answerer] = members;
if (!asker || !answerer) throw new Error("nobody joined");

const body = {
  title: "How do I find slow queries in PostgreSQL?",
  body: "Some pages take **seconds**.",
  keywords: ["PostgreSQL"],
};
const key = { "Idempotency-Key": randomUUID() };
const question = ok(await asker.client.POST("/api/v1/questions", { body, headers: key }));
const again = ok(await asker.client.POST("/api/v1/questions", { body, headers: key }));
const given = await eventually(async () => {
  const path = { question_id: question.id };
  const words = { body: "Turn on `pg_stat_statements`." };
  const answer = await answerer.client.POST("/api/v1/questions/{question_id}/answers", {
    params: { path },
    body: words,
  });
  return answer.data;
});
for (const liker of members.filter((one) => one !== answerer)) {
  const params = { path: { post_id: given.id } };
  ok(await liker.client.PUT("/api/v1/posts/{post_id}/like", { params }));
}
const skill = await eventually(async () => {
  const held = await heldSkill(asker, answerer);
  return held?.liker_count === members.length - 1 ? held : undefined;
});
const evidence = ok(
  await asker.client.GET("/api/v1/members/{member_id}/skills/{slug}/evidence", {
    params: { path: { member_id: answerer.id, slug: "postgresql" } },
  }),
);
const knowing = await eventually(async () => {
  const query = { q: "who knows postgresql?" };
  const { data } = await asker.client.GET("/api/v1/experts", { params: { query } });
  return data?.items.length ? data : undefined;
});

console.log(
  JSON.stringify({
    is_same_question: question.id === again.id,
    level_name: skill.level_name,
    likers: skill.liker_count,
    evidence: evidence.items.length,
    worth: skill.worth,
    weights: evidence.items.reduce((sum, line) => sum + line.weight, 0),
    is_expert: knowing.items.some((one) => one.member.id === answerer.id),
    members: await countMembers(asker),
    refused: await refusedCode(asker),
    is_rotated: await rotate(asker),
  }),
);

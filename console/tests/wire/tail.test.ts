import { expect, test, vi } from "vitest";

import { type Machinery, Tail, type TailHandlers } from "../../src/wire/tail";

type Part = string | Error;

/** A server that answers each request with the next stream; a stream may break. */
function server(streams: (Part[] | number)[]) {
  const asked: string[] = [];
  const fetch = vi.fn(async (url: RequestInfo | URL) => {
    asked.push(String(url));
    const stream = streams.shift();
    if (stream === undefined) throw new Error("nobody there");
    if (typeof stream === "number") return new Response("", { status: stream });
    const parts = [...stream];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const part = parts.shift();
        if (part === undefined) controller.close();
        else if (part instanceof Error) controller.error(part);
        else controller.enqueue(new TextEncoder().encode(part));
      },
    });
    return new Response(body, { status: 200 });
  });
  return { asked, fetch };
}

const facts = (position: number) => `event: facts\nid: ${position}\ndata: {"position":${position},"entries":[],"rows":{}}\n\n`;

function follow(streams: (Part[] | number)[], rounds: number) {
  const { asked, fetch } = server(streams);
  const seen: number[] = [];
  const waits: number[] = [];
  let now = 1000;
  let tail: Tail;
  const handlers: TailHandlers = {
    facts: (event) => seen.push(event.position),
    tracks: () => {},
    pulse: () => {},
    reset: async () => 90,
    signedOut: () => seen.push(-1),
    link: () => {},
  };
  const machinery: Machinery = {
    fetch,
    now_s: () => (now += 0.1),
    dice: () => 0.5,
    sleep: async (seconds) => {
      waits.push(seconds);
      if (waits.length >= rounds) tail.stop();
    },
  };
  tail = new Tail(5, handlers, machinery);
  return { tail, asked, seen, waits };
}

test("a broken stream resumes at the last position; nothing is lost, nothing comes twice", async () => {
  const { tail, asked, seen } = follow([[facts(6), facts(7), new Error("cut")], [facts(7), facts(8)], [facts(9)]], 4);
  await tail.run();
  expect(asked).toEqual(["/api/tail?after=5", "/api/tail?after=7", "/api/tail?after=8", "/api/tail?after=9"]);
  expect(seen).toEqual([6, 7, 8, 9]);
});

test("an event cut in the middle is not taken, and asked for again", async () => {
  const { tail, asked, seen } = follow([[facts(6), facts(7).slice(0, 30), new Error("cut")], [facts(7)]], 2);
  await tail.run();
  expect(asked[1]).toBe("/api/tail?after=6");
  expect(seen).toEqual([6, 7]);
});

test("reset: the board is fetched and the tail goes on from there", async () => {
  const { tail, asked, seen } = follow([["event: reset\ndata: {\"position\":90}\n\n", facts(91)], []], 2);
  await tail.run();
  expect(asked[1]).toBe("/api/tail?after=91");
  expect(seen).toEqual([91]);
});

test("while nobody answers it waits longer each time, and says that it is not connected", async () => {
  const { tail, waits } = follow([], 5);
  await tail.run();
  expect(waits).toEqual([0, 0.25, 0.5, 1, 2]);
  expect(tail.link.connected).toBe(false);
});

test("a session that ended stops it", async () => {
  const { tail, seen, waits } = follow([401], 3);
  await tail.run();
  expect(seen).toEqual([-1]);
  expect(waits).toEqual([]);
});

test("a stream just found is given time to speak, however long ago we last heard; a request nobody answers is given up", async () => {
  const asked: AbortSignal[] = [];
  let now = 0;
  const machinery: Machinery = {
    now_s: () => now,
    dice: () => 0.5,
    sleep: async () => {},
    fetch: async (_url, wish) => {
      asked.push(wish!.signal!);
      if (asked.length === 1) await new Promise((_, fail) => wish!.signal!.addEventListener("abort", () => fail(new Error("given up"))));
      return new Response(new ReadableStream({ start: (stream) => wish!.signal!.addEventListener("abort", () => stream.error(new Error("given up"))) }));
    },
  };
  const silent: TailHandlers = { facts() {}, tracks() {}, pulse() {}, reset: async () => null, signedOut() {}, link() {} };
  const tail = new Tail(5, silent, machinery);
  const running = tail.run();
  now = 13;
  tail.check();
  await vi.waitFor(() => expect(tail.link.connected).toBe(true));
  expect(asked[0]!.aborted).toBe(true);
  tail.check();
  expect(asked[1]!.aborted).toBe(false);
  now = 26;
  tail.check();
  expect(asked[1]!.aborted).toBe(true);
  tail.stop();
  await running;
});

test("a server ahead of us is remembered until we have caught up", async () => {
  const pulse = (position: number) => `event: pulse\ndata: {"now":1,"position":${position}}\n\n`;
  const behind = follow([[pulse(8)]], 1);
  await behind.tail.run();
  expect(behind.tail.link.lagging_since).toBeGreaterThan(0);
  const caught = follow([[pulse(8), facts(8), pulse(8)]], 1);
  await caught.tail.run();
  expect(caught.tail.link.lagging_since).toBe(0);
});

import { expect, test } from "vitest";

import { EventReader } from "../../src/wire/sse";

const STREAM = ': hello\n\nevent: facts\nid: 12\ndata: {"a":\ndata: 1}\n\nevent: pulse\r\ndata: {}\r\n\r\ndata:bare\n\n';
const WHOLE = [
  { event: "facts", id: "12", data: '{"a":\n1}' },
  { event: "pulse", id: "", data: "{}" },
  { event: "message", id: "", data: "bare" },
];

test("events come whole, however the stream is cut", () => {
  for (let size = 1; size <= STREAM.length; size += 1) {
    const reader = new EventReader();
    const events = [];
    for (let at = 0; at < STREAM.length; at += size) events.push(...reader.feed(STREAM.slice(at, at + size)));
    expect(events, `cut every ${size}`).toEqual(WHOLE);
  }
});

test("an event that is not finished is not given", () => {
  expect(new EventReader().feed("event: facts\ndata: 1\n")).toEqual([]);
});

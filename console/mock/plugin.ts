/// Serves the invented centre from inside the dev server. Development only.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin } from "vite";

import { Centre, DISPOSITIONS, TYPES } from "./centre.ts";

const SESSION = { account: "ana", display: "Ana Sousa", roles: ["dispatcher"], unit: "", language: "", csrf: "mock", mode: "exercise", centre: "lisbon", name: "Lisboa Centro" };

export function mock(size: string): Plugin {
  const [incidents = 40, units = 60] = size.split(",").map(Number);
  const centre = new Centre(incidents, units);
  setInterval(() => {
    if (process.env.TOCSIN_MOCK_STILL) return;
    centre.step();
    centre.flush();
  }, 800).unref();
  return {
    name: "tocsin-mock",
    configureServer(server) {
      server.middlewares.use((request, response, next) => void serve(centre, request, response, next));
    },
    configurePreviewServer(server) {
      server.middlewares.use((request, response, next) => void serve(centre, request, response, next));
    },
  };
}

/** POST /mock/cut breaks every connection and refuses new ones; POST /mock/back lets them in again; POST /mock/as/bo: it is bo. */
let cut = false;
const tails = new Set<ServerResponse>();

async function serve(centre: Centre, request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
  const url = new URL(request.url ?? "/", "http://mock");
  const [, api, what, id, part] = url.pathname.split("/");
  if (api === "mock") {
    if (what === "as") SESSION.account = id!;
    else cut = what === "cut";
    if (cut) for (const open of tails) open.destroy();
    response.end();
    return;
  }
  if (api !== "api") return next();
  if (cut) return void response.destroy();
  const say = (status: number, body: unknown) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (what === "session") return say(200, SESSION);
  if (what === "catalogue") return say(200, { types: TYPES, dispositions: DISPOSITIONS, limits: { call_unanswered_s: 10, not_acknowledged_s: 60, long_on_scene_s: 2700 } });
  if (what === "region") return say(200, { name: "Lisboa", bbox: [-9.2, 38.68, -9.08, 38.77], attribution: "mock", has_basemap: false, resources: [] });
  if (what === "board") return say(200, centre.board());
  if (what === "tail") return tail(centre, response, Number(url.searchParams.get("after")));
  if (what === "places") return say(200, id ? centre.places("harbour")[0] : centre.places(url.searchParams.get("q") ?? ""));
  if (what === "units") return say(200, []);
  if (what === "incidents" && !id) return say(200, [...centre.closed.values()].toReversed().slice(0, 50));
  if (what === "incidents" && !part) return say(200, centre.incidents.get(id!) ?? centre.closed.get(id!));
  if (what === "incidents" && part === "recommendation") return say(200, centre.recommend(id!));
  if (what === "incidents" && part === "routes") return say(200, []);
  if (what === "incidents" && part === "timeline") {
    const calls = (centre.incidents.get(id!) ?? centre.closed.get(id!))?.calls ?? [];
    return say(200, { incident: id, entries: centre.entries.filter(({ fact }) => fact.incident === id || fact.to === id || calls.includes(String(fact.call))) });
  }
  if (what === "orders") {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const body = JSON.parse(text) as { id: string; order: never };
    const answer = centre.give(body.id, body.order);
    return say(answer.status, answer.body);
  }
  say(404, { name: "not_found", text: "The mock has no such thing." });
}

function tail(centre: Centre, response: ServerResponse, after: number): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  const send = (event: string, data: object, id?: number) => response.write(`event: ${event}\n${id ? `id: ${id}\n` : ""}data: ${JSON.stringify(data)}\n\n`);
  const facts = (data: object) => void send("facts", data, (data as { position: number }).position);
  if (after < centre.position) {
    const { rows } = centre.board().board;
    facts({ position: centre.position, entries: centre.entries.filter((entry) => entry.position > after), rows });
  }
  centre.listeners.add(facts);
  tails.add(response);
  const pulse = () => send("pulse", { now: Date.now() / 1000, position: centre.position });
  pulse();
  const timers = [setInterval(pulse, 2000), setInterval(() => send("tracks", { now: Date.now() / 1000, moves: centre.drive() }), 1000)];
  response.on("close", () => {
    for (const timer of timers) clearInterval(timer);
    centre.listeners.delete(facts);
    tails.delete(response);
  });
}

/// Server-sent events, from chunks of text to events. Pure; knows no network.

export interface ServerEvent {
  event: string;
  id: string;
  data: string;
}

/** Feed it text as it arrives, in any cut; it gives each event once it is whole. */
export class EventReader {
  #rest = "";
  #event = "";
  #id = "";
  #data: string[] = [];

  feed(text: string): ServerEvent[] {
    const done: ServerEvent[] = [];
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const event = this.#line(line);
      if (event) done.push(event);
    }
    return done;
  }

  #line(line: string): ServerEvent | null {
    if (line === "") return this.#finish();
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    else if (field === "id") this.#id = value;
    else if (field === "data") this.#data.push(value);
    return null;
  }

  #finish(): ServerEvent | null {
    const data = this.#data;
    const event: ServerEvent = { event: this.#event || "message", id: this.#id, data: data.join("\n") };
    this.#event = "";
    this.#id = "";
    this.#data = [];
    return data.length ? event : null;
  }
}

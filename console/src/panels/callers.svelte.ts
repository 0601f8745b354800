/// What this dispatcher is doing with callers' pages: whose is meant by a key, which picture is open, which were opened.

import { m, settings } from "../i18n";
import { linkOf, subjectOf } from "../room/callers";
import { room } from "../room/room.svelte";
import type { CallerLinkRow, MediaRow, Tongue } from "../wire/types";
import { desk } from "./desk.svelte";

class CallersDesk {
  /** The picture or clip that is open, or "". */
  open = $state("");
  /** Opened before on this screen: shown small from then on. Nobody is shown a picture they have not asked for. */
  opened = $state<string[]>([]);
  tongue = $state<Tongue>(settings.language);
  #write = new Map<"call" | "incident", () => void>();

  call = $derived(subjectOf(desk.current?.id ?? "", desk.incident, room.callerLinks));
  link = $derived<CallerLinkRow | null>(linkOf(this.call, room.callerLinks));
  media = $derived<MediaRow[]>([...(this.link?.media ?? [])].reverse());

  writable(of: "call" | "incident", focus: () => void): () => void {
    this.#write.set(of, focus);
    return () => void (this.#write.get(of) === focus && this.#write.delete(of));
  }

  canWrite = (): boolean => !!this.link && this.link.status !== "ended";

  write(): void {
    (this.#write.get("call") ?? this.#write.get("incident"))?.();
  }

  works = (): boolean => !!this.call || this.canWrite();

  /** One key: it sends the link, and once there is one, goes to where the caller is written to. */
  press = (): void => (this.canWrite() ? this.write() : this.send());

  send(call = this.call): void {
    if (!call) return;
    const words = m().callers;
    void desk.give({ kind: "send_caller_link", call, tongue: this.tongue }, words.orders.send(m().orders.call(call), words.tongues[this.tongue] ?? this.tongue));
  }

  /** The newest; pressed again, the one before it. */
  view(id = ""): void {
    const at = this.media.findIndex((each) => each.id === this.open);
    this.open = id || (this.media[at + 1] ?? this.media[0])?.id || "";
    if (this.open && !this.opened.includes(this.open)) this.opened = [...this.opened, this.open];
  }

  close(): void {
    this.open = "";
  }
}

export const callers = new CallersDesk();

/// Passkeys by the browser's own interface: the two halves of adding one and of signing in with one. Knows no screen.

import { type Answer, ask, NO_ANSWER } from "./http";
import type { Begun, Passkey, Session } from "./types";

/** Whether this browser can do it, on this address. */
export const canPasskeys = (): boolean => typeof PublicKeyCredential !== "undefined" && "parseCreationOptionsFromJSON" in PublicKeyCredential;

function broken<T>(error: unknown): Answer<T> {
  const name = error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError") ? "passkey_left" : "passkey_refused";
  return { ok: false, status: NO_ANSWER, problem: { name, text: String(error) } };
}

export async function addPasskey(label: string): Promise<Answer<Passkey>> {
  const begun = await ask<Begun>("/api/passkeys/begin", { method: "POST" });
  if (!begun.ok) return begun;
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.value.options as PublicKeyCredentialCreationOptionsJSON);
    const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
    return await ask<Passkey>("/api/passkeys", { method: "POST", body: { ceremony: begun.value.ceremony, credential: made.toJSON(), label }, quiet: true });
  } catch (error) {
    return broken(error);
  }
}

export async function enterByPasskey(): Promise<Answer<Session>> {
  const begun = await ask<Begun>("/api/session/passkey/begin", { method: "POST", quiet: true });
  if (!begun.ok) return begun;
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.value.options as PublicKeyCredentialRequestOptionsJSON);
    const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
    return await ask<Session>("/api/session/passkey", { method: "POST", body: { ceremony: begun.value.ceremony, credential: found.toJSON() }, quiet: true });
  } catch (error) {
    return broken(error);
  }
}

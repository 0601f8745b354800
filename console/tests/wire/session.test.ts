import { afterEach, expect, test, vi } from "vitest";

import { door } from "../../src/wire/session.svelte";

afterEach(() => vi.unstubAllGlobals());

function server(account: string): { replace: ReturnType<typeof vi.fn> } {
  const session = { account, display: account, roles: ["dispatcher"], csrf: "c" };
  const location = { replace: vi.fn(), pathname: "/map", hash: "", search: "" };
  vi.stubGlobal("location", location);
  vi.stubGlobal("fetch", async (path: string) => new Response(JSON.stringify(path.includes("session") ? session : {}), { status: 200 }));
  return location;
}

test("the same person signs in again and goes on; another person gets a fresh page", async () => {
  const first = server("ana");
  expect(await door.signIn("ana", "…")).toBe(true);
  door.lost();
  expect(await door.signIn("ana", "…")).toBe(true);
  expect(door.session?.account).toBe("ana");
  expect(first.replace).not.toHaveBeenCalled();
  door.lost();
  const second = server("bo");
  await door.signIn("bo", "…");
  expect(second.replace).toHaveBeenCalledWith("/map");
  expect(door.session).toBeNull();
});

/// A room to test against: a picture, a tail, and the fresh picture at its end, made by the invented centre.

import { Centre } from "../mock/centre";
import type { Picture, TailFacts } from "../src/wire/types";

export interface Trace {
  picture: Picture;
  tail: TailFacts[];
  end: Picture;
}

export function trace(steps: number, seed: number): Trace {
  const centre = new Centre(30, 40, seed);
  const picture = structuredClone(centre.board()) as unknown as Picture;
  const tail: TailFacts[] = [];
  centre.listeners.add((event) => tail.push(structuredClone(event) as TailFacts));
  for (let i = 0; i < steps; i += 1) {
    centre.step();
    centre.flush();
  }
  return { picture, tail, end: structuredClone(centre.board()) as unknown as Picture };
}

/// The type of a message catalogue: whatever English says, every language must say, with the same parameters.

export type Words<T> = {
  [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...words: infer A) => string
      ? (...words: A) => string
      : Words<T[K]>;
};

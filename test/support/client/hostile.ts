import { expect } from "vitest";
import { MoonpathError } from "../../../src/client/index.js";
import { revoked } from "../revoked.js";
import { errorOf } from "./fixtures.js";

/** The message of what hostile objects throw. */
export const SECRET = "secret-Zq7";
export const explode = () => {
  throw new Error(SECRET);
};

/** A name and how to get the value: test titles cannot be made of such values. */
export type Case = [name: string, make: () => unknown];

/** Objects that throw when anything is read from them, in every way that JavaScript has. */
export function hostile(...fields: string[]): Case[] {
  const proxy = revoked();
  const handler = { get: explode, has: explode, ownKeys: explode, getOwnPropertyDescriptor: explode };
  const throwsProxy = Object.defineProperty({}, fields[0] ?? "any", {
    enumerable: true,
    get: () => {
      throw proxy;
    },
  });
  return [
    ["a revoked proxy", () => proxy],
    ["a proxy whose traps throw", () => new Proxy({}, handler)],
    ["a getter that throws a revoked proxy", () => throwsProxy],
    ...fields.map(
      (field): Case => [
        `a getter of ${field} that throws`,
        () => Object.defineProperty({}, field, { enumerable: true, get: explode }),
      ],
    ),
  ];
}

/** A signal that never aborts. */
export const target = () => ({
  aborted: false,
  reason: undefined,
  addEventListener() {},
  removeEventListener() {},
});

/** Objects that are no signals. */
export const signals: Case[] = [
  ...hostile("aborted"),
  ["an aborted that is no boolean", () => ({ ...target(), aborted: "no" })],
  ["no removeEventListener", () => ({ ...target(), removeEventListener: undefined })],
  ["an addEventListener that throws", () => ({ ...target(), addEventListener: explode })],
  ["null", () => null],
  ["a text", () => "now"],
  ["a function", () => () => {}],
];

/** Calls a function with arguments that its types would refuse. */
export const plain = (work: (...args: never[]) => unknown, ...args: unknown[]): Promise<unknown> =>
  (async () => Reflect.apply(work, undefined, args))();

/** Expects an ArgumentError that names the argument and shows nothing of what was thrown. */
export async function refuses(call: Promise<unknown>, argument?: string): Promise<void> {
  const error = await errorOf(call);
  expect(error).toBeInstanceOf(MoonpathError);
  expect(error).toMatchObject({ code: "ARGUMENT", ...(argument === undefined ? {} : { argument }) });
  expect(JSON.stringify(error) + String(error)).not.toContain(SECRET);
}

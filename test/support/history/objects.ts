import type { Call, ModelOf } from "../../../tools/history/call.js";

/** A register that holds one number, and a counter: the objects of the textbooks. */
export type RegisterOperation =
  | {
      readonly name: "write";
      readonly args: { readonly value: number };
      readonly reply: { readonly done: true } | undefined;
    }
  | { readonly name: "read"; readonly args: object; readonly reply: { readonly value: number } | undefined };

export const register: ModelOf<number, RegisterOperation> = () => ({
  initial: 0,
  next(state, { operation: { name, args, reply } }) {
    if (name === "write") return reply === undefined && args.value === state ? [] : [args.value];
    return reply?.value === state ? [state] : [];
  },
  textOf: String,
});

export interface CounterOperation {
  readonly name: "add";
  readonly args: object;
  readonly reply: { readonly sum: number } | undefined;
}

export const counter: ModelOf<number, CounterOperation> = () => ({
  initial: 0,
  next: (state, { operation: { reply } }) =>
    reply === undefined || reply.sum === state + 1 ? [state + 1] : [],
  textOf: String,
});

export function write(client: string, value: number, beganMs: number, endedMs: number) {
  return call(client, { name: "write", args: { value }, reply: { done: true } }, beganMs, endedMs);
}

/** A write to which no reply came. */
export function lostWrite(client: string, value: number, beganMs: number) {
  return call(client, { name: "write", args: { value }, reply: undefined }, beganMs, Infinity);
}

export function read(client: string, value: number, beganMs: number, endedMs: number) {
  return call(client, { name: "read", args: {}, reply: { value } }, beganMs, endedMs);
}

export function add(client: string, sum: number | undefined, beganMs: number, endedMs: number) {
  const reply = sum === undefined ? undefined : { sum };
  const operation: CounterOperation = { name: "add", args: {}, reply };
  return { client, operation, beganMs, endedMs };
}

function call(
  client: string,
  operation: RegisterOperation,
  beganMs: number,
  endedMs: number,
): Call<RegisterOperation> {
  return { client, operation, beganMs, endedMs };
}

import type { Call, Operation } from "./call.js";
import type { Offence } from "./shortest.js";

/** The number of other calls that are printed. */
const MAX_OTHERS = 12;
/** A number above it is a time since 1970 in milliseconds, if its name ends in `Ms`. */
const MIN_EPOCH_MS = 1_000_000_000_000;

/**
 * Prints an offence for people: the calls that contradict each other, then the other calls of that
 * time. Times are in milliseconds since the first of these calls.
 */
export function printed(object: string, { calls, others, longest, state }: Offence): string {
  const startMs = Math.min(...calls.map(({ beganMs }) => beganMs));
  const endMs = Math.max(...calls.map(({ endedMs }) => endedMs));
  const beside = others.filter(
    ({ operation, beganMs, endedMs }) =>
      operation.reply !== undefined && beganMs <= endMs && endedMs >= startMs,
  );
  const order = longest.filter(({ operation }) => operation.reply !== undefined);
  const lines = [
    `No order of these ${calls.length} calls explains their replies. Object: ${object}.`,
    ...calls.map((call) => lineOf(call, { object, startMs })),
  ];
  if (order.length > 0) {
    lines.push(`The longest order ends after ${order.length} of them, in the state:`);
    lines.push(`  ${relative(state, startMs)}`);
  }
  if (beside.length > 0) {
    lines.push("Other calls of that time, which do not explain it either:");
    lines.push(...beside.slice(0, MAX_OTHERS).map((call) => lineOf(call, { object, startMs })));
    if (beside.length > MAX_OTHERS) lines.push(`  and ${beside.length - MAX_OTHERS} more`);
  }
  return lines.join("\n");
}

interface Context {
  /** Arguments with this value are not printed. */
  readonly object: string;
  readonly startMs: number;
}

function lineOf({ client, operation, beganMs, endedMs }: Call<Operation>, context: Context): string {
  const { startMs } = context;
  const ended = endedMs === Number.POSITIVE_INFINITY ? "?" : `${endedMs - startMs}`;
  const time = `${beganMs - startMs} to ${ended} ms`.padEnd(16);
  const reply = operation.reply === undefined ? "no reply" : fieldsOf(operation.reply, context);
  return `  ${time} ${client}: ${operation.name} ${fieldsOf(operation.args, context)} -> ${reply}`;
}

function fieldsOf(fields: object, { object, startMs }: Context): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== object)
    .map(([name, value]) => `${name}=${timeOf(name, value, startMs)}`)
    .join(" ");
}

function timeOf(name: string, value: unknown, startMs: number): string {
  const isTime = typeof value === "number" && name.endsWith("Ms") && value > MIN_EPOCH_MS;
  return isTime ? `${signed(value - startMs)}` : String(value);
}

/** Writes times since 1970 as times since the start. */
function relative(state: string, startMs: number): string {
  return state.replace(/\b\d{13}\b/g, (digits) => signed(Number(digits) - startMs));
}

function signed(value: number): string {
  return value < 0 ? `${value}` : `+${value}`;
}

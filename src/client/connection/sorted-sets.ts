import { UnavailableError } from "../../core/errors.js";
import { pause } from "../../core/wait.js";
import type { Connection } from "./connection.js";
import type { Topology } from "./topology.js";

/** A member of a sorted set and its score. */
export interface SortedSetMember {
  readonly member: string;
  readonly score: number;
}

/** What one call of `readSortedSets` found. */
export interface SortedSetReads {
  /** By the position of the key: its first members, or the error of the read. */
  readonly sets: readonly (readonly SortedSetMember[] | Error)[];
  /** Redis's clock minus `performance.now()` when it was read; undefined if no node answered. */
  readonly clockOffsetMs: number | undefined;
}

/** What one call of `readHashes` found. */
export interface HashReads {
  /** By the position of the key: some 1,000 fields and their values. */
  readonly hashes: readonly (readonly (readonly [field: string, value: string])[])[];
  /** Why some hash could not be read; undefined if all were. */
  readonly error: Error | undefined;
}

/** Commands in one pipeline: a server runs them in about a millisecond, so other clients hardly wait. */
const PIPELINE_SIZE = 256;

/**
 * Reads `count` members of each set, in one pipeline after the other for each node. It begins at the
 * first member, or at the ranks in `from`, by the position of the key.
 */
export async function readSortedSets(
  topology: Topology,
  keys: readonly string[],
  count: number,
  deadlineMs: number,
  from: readonly number[] = [],
): Promise<SortedSetReads> {
  const read = (key: string, position: number): Command => {
    const first = from[position] ?? 0;
    return ["ZRANGE", [key, String(first), String(first + count - 1), "WITHSCORES"]];
  };
  const { replies, clockOffsetMs } = await readByNode(topology, keys, read, deadlineMs);
  return {
    sets: replies.map((reply) => (reply instanceof Error ? reply : membersOf(reply))),
    clockOffsetMs,
  };
}

/** Reads the first fields of each hash, about 1,000, in the same way. */
export async function readHashes(
  topology: Topology,
  keys: readonly string[],
  deadlineMs: number,
): Promise<HashReads> {
  const read = (key: string): Command => ["HSCAN", [key, "0", "COUNT", "1000"]];
  const { replies } = await readByNode(topology, keys, read, deadlineMs);
  return {
    hashes: replies.map((reply) => {
      const fields: unknown = Array.isArray(reply) ? reply[1] : [];
      const flat: unknown[] = Array.isArray(fields) ? fields.flat() : [];
      return flat.flatMap((field, index) =>
        index % 2 === 0 ? [[String(field), String(flat[index + 1])] as const] : [],
      );
    }),
    error: replies.find((reply): reply is Error => reply instanceof Error),
  };
}

type Command = readonly [name: string, args: string[]];

async function readByNode(
  topology: Topology,
  keys: readonly string[],
  read: (key: string, position: number) => Command,
  deadlineMs: number,
): Promise<{ readonly replies: readonly unknown[]; readonly clockOffsetMs: number | undefined }> {
  const unreachable: unknown = new UnavailableError("no node that has the key is connected");
  const results = new Array<unknown>(keys.length).fill(unreachable);
  let clockOffsetMs: number | undefined;
  const positions = new Map<Connection, number[]>();
  keys.forEach((key, position) => {
    const connection = topology.connectionFor(key);
    if (connection === undefined) return;
    const list = positions.get(connection);
    if (list) list.push(position);
    else positions.set(connection, [position]);
  });
  if (positions.size === 0) topology.refreshSoon();
  const readNode = async (connection: Connection, all: readonly number[]): Promise<void> => {
    for (let start = 0; start < all.length; start += PIPELINE_SIZE) {
      const part = all.slice(start, start + PIPELINE_SIZE);
      const sentAt = performance.now();
      const commands: Command[] = [
        ["TIME", []],
        ...part.map((position) => read(keys[position] ?? "", position)),
      ];
      const replies = await inTime(connection.read(commands), deadlineMs);
      if (replies instanceof Error) {
        for (const position of all.slice(start)) results[position] = replies;
        topology.refreshSoon();
        return;
      }
      const clockMs = clockOf(replies[0]?.[1]);
      if (clockMs !== undefined) clockOffsetMs = clockMs - (sentAt + performance.now()) / 2;
      part.forEach((position, index) => {
        const [error, reply] = replies[index + 1] ?? [null, undefined];
        if (error) topology.refreshSoon();
        results[position] = error ?? reply;
      });
    }
  };
  await Promise.all([...positions].map(([connection, all]) => readNode(connection, all)));
  return { replies: results, clockOffsetMs };
}

/** The result of the work, or the error that it rejects with, or one after `ms`. */
async function inTime<Result>(work: Promise<Result>, ms: number): Promise<Result | Error> {
  const settled = new AbortController();
  const late = pause(ms, settled.signal).then(
    (): Error => new UnavailableError("no reply within the deadline"),
  );
  const ended = work.catch((error: unknown) =>
    error instanceof Error ? error : new UnavailableError("the read failed"),
  );
  const first = await Promise.race([ended, late]);
  settled.abort();
  return first;
}

function clockOf(reply: unknown): number | undefined {
  if (!Array.isArray(reply)) return undefined;
  const [seconds, micros] = reply.map(Number);
  return seconds === undefined || micros === undefined ? undefined : seconds * 1_000 + micros / 1_000;
}

/** RESP2 has a flat list of members and scores, RESP3 a list of pairs. */
function membersOf(reply: unknown): readonly SortedSetMember[] {
  if (!Array.isArray(reply)) return [];
  const flat: unknown[] = reply.flat();
  const members: SortedSetMember[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2)
    members.push({ member: String(flat[index]), score: Number(flat[index + 1]) });
  return members;
}

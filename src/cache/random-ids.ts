import { randomFillSync } from "node:crypto";

/** Random bytes are made in advance, because each call of the generator costs a microsecond. */
const POOL_BYTES = 4_096;

const FILL_ID_BYTES = 6;
const HARD_BYTES = 6;
const SOFT_BYTES = 4;
const OPERATION_BYTES = 12;

const pool = Buffer.allocUnsafe(POOL_BYTES);
let at = POOL_BYTES;

function randomHex(bytes: number): string {
  if (at + bytes > POOL_BYTES) {
    randomFillSync(pool);
    at = 0;
  }
  const text = pool.toString("hex", at, at + bytes);
  at += bytes;
  return text;
}

/** A new id of a load, a writer or an entry: 12 hexadecimal digits. */
export function newFillId(): string {
  return randomHex(FILL_ID_BYTES);
}

/** A new operation of a queued write. It begins with the writer's id, and is unique in its shard. */
export function newWriteOperation(writer: string): string {
  return writer + randomHex(OPERATION_BYTES);
}

/** A new token of a tag: its hard and its soft part. */
export function newTagToken(): string {
  return `${randomHex(HARD_BYTES)}.${newSoftToken()}`;
}

/** A new soft part of a tag's token. */
export function newSoftToken(): string {
  return randomHex(SOFT_BYTES);
}

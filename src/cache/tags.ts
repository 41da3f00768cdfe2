import * as types from "../../generated/ts/types.js";
import { ArgumentError } from "../core/errors.js";
import { EVERY_ENTRY } from "./read/header.js";

/** Names that need no further check. */
const USUAL = /^[A-Za-z0-9_.:~-]{1,200}$/;

/** Checks one tag. The path that reads with MGET makes keys of tags without a check of its own. */
function checkTag(tag: unknown, expected: string): void {
  if (typeof tag !== "string") throw new ArgumentError("tags", expected);
  if (USUAL.test(tag)) return;
  if (tag === EVERY_ENTRY) throw new ArgumentError("tags", `no ${EVERY_ENTRY}, which each entry has already`);
  types.id.encode("tags", tag);
}

/** The same tags. @throws ArgumentError for a tag that is no part of a key */
export function checkedTags(tags: unknown, expected = "a list of names"): readonly string[] {
  if (!Array.isArray(tags)) {
    // It may be the promise of an async function, whose rejection nobody else would handle.
    Promise.resolve(tags).catch(() => undefined);
    throw new ArgumentError("tags", expected);
  }
  for (const tag of tags) checkTag(tag, expected);
  return tags;
}

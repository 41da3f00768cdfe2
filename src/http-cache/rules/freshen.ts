import { Fields } from "../message/fields.js";

/** Fields of a 304 that say nothing about the stored response (RFC 9111, section 3.2). */
const KEPT = new Set(["content-length", "content-encoding", "content-range", "transfer-encoding"]);
const AGE = new Set(["age"]);

/** The fields of a stored response after a 304 or a response to HEAD has confirmed it. */
export function freshened(stored: Fields, update: Fields): Fields {
  const news = update.without(KEPT);
  const names = new Set(news.pairs.map(([name]) => name.toLowerCase()));
  return new Fields([...stored.without(AGE).without(names).pairs, ...news.pairs]);
}

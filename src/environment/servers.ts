import { ArgumentError } from "../core/errors.js";
import { parsedRedisUrl, type RedisUrl } from "../core/redis-url.js";
import { wholeNumber } from "./values.js";
import type { Values, VariableName } from "./variables.js";

/** The servers that the environment names, and how to log in there. */
export interface Servers {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly db: number;
  readonly tls: boolean;
}

const DEFAULT_ADDRESS = "localhost:6379";
const DEFAULT_PORT = 6379;
const MAX_DB = 1_000_000;

/** @throws ArgumentError that names a variable, and never its value */
export function serversOf(values: Values): Servers {
  const { REDIS_ADDR, REDIS_URL } = values;
  if (REDIS_ADDR !== undefined && REDIS_URL !== undefined) {
    throw new ArgumentError("REDIS_ADDR", "not set together with REDIS_URL; both name the server");
  }
  const urls = REDIS_URL === undefined ? [] : urlsOf(REDIS_URL);
  const [first] = urls;
  const nodes = first
    ? urls.map(({ host, port }) => ({ host, port }))
    : addressesOf(REDIS_ADDR ?? DEFAULT_ADDRESS);
  const username = oneOf("REDIS_USERNAME", values, first?.username);
  const password = oneOf("REDIS_PASSWORD", values, first?.password);
  if (username !== undefined && password === undefined) {
    throw new ArgumentError("REDIS_PASSWORD", "the password of the user, because a user is named");
  }
  const db = databaseOf(values, first?.db ?? 0);
  if (nodes.length > 1 && db !== 0) throw new ArgumentError("REDIS_DB", "0, because a cluster has no other");
  return { nodes, username, password, db, tls: first?.tls ?? false };
}

/** The value of the variable or of the URL. */
function oneOf(
  name: "REDIS_USERNAME" | "REDIS_PASSWORD",
  values: Values,
  ofUrl: string | undefined,
): string | undefined {
  const value = values[name];
  if (!ofUrl) return value;
  if (value === undefined || value === ofUrl) return ofUrl;
  throw new ArgumentError(name, "not set to another value than that of REDIS_URL");
}

function databaseOf({ REDIS_DB }: Values, ofUrl: number): number {
  if (REDIS_DB === undefined) return ofUrl;
  const db = wholeNumber("REDIS_DB", REDIS_DB, 0, MAX_DB);
  if (ofUrl === 0 || db === ofUrl) return db;
  throw new ArgumentError("REDIS_DB", "not set to another number than that of REDIS_URL");
}

function urlsOf(text: string): RedisUrl[] {
  const urls = parts("REDIS_URL", text).map((part) => {
    const parsed = parsedRedisUrl(part);
    if (typeof parsed !== "string") return parsed;
    const form = "redis://user:password@host:6379/0, with / @ : # % in a password as %2F %40 %3A %23 %25";
    throw new ArgumentError("REDIS_URL", `${form}. ${parsed}`);
  });
  const [first] = urls;
  for (const { username, password, tls, db } of urls) {
    const isSame = tls === first?.tls && db === first.db;
    const hasLogin = username !== "" || password !== "";
    if (isSame && (!hasLogin || (username === first.username && password === first.password))) continue;
    throw new ArgumentError("REDIS_URL", "one login, one database and one scheme for all nodes of a cluster");
  }
  return urls;
}

/** `host:port`, `host`, `:port` as in Go, and `[::1]:port`. */
const ADDRESS = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@[\]]+))?(?::(\d{1,5}))?$/;

function addressesOf(text: string): { host: string; port: number }[] {
  return parts("REDIS_ADDR", text).map((part) => {
    const [, v6, name, digits] = ADDRESS.exec(part) ?? [];
    const port = Number(digits ?? DEFAULT_PORT);
    const isAddress = v6 !== undefined || name !== undefined || digits !== undefined;
    if (isAddress && port >= 1 && port <= 65_535) return { host: v6 ?? name ?? "localhost", port };
    throw new ArgumentError("REDIS_ADDR", "host:port, such as localhost:6379; a URL belongs in REDIS_URL");
  });
}

function parts(name: VariableName, text: string): string[] {
  const all = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (all.length > 0) return all;
  throw new ArgumentError(name, "not only commas");
}

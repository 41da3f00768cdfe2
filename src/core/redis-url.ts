/** One server, as `redis://user:password@host:6379/0` names it. */
export interface RedisUrl {
  readonly host: string;
  readonly port: number;
  /** Empty if the URL has none. */
  readonly username: string;
  /** Empty if the URL has none. */
  readonly password: string;
  /** Whether the scheme is `rediss:`. */
  readonly tls: boolean;
  readonly db: number;
}

const DEFAULT_PORT = 6379;

/**
 * Parses the URL of a server. If it is not valid, returns the reason. A reason never repeats a part of
 * the URL, because that may hold a password.
 */
export function parsedRedisUrl(url: string): RedisUrl | string {
  if (!URL.canParse(url)) return "It is no URL.";
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(url);
  if (protocol !== "redis:" && protocol !== "rediss:") return "It must begin with redis: or rediss:.";
  if (search !== "" || hash !== "") return "It must have no ? and no #; in a password write %3F and %23.";
  const db = Number(pathname.slice(1) || "0");
  if (hostname === "" || !Number.isSafeInteger(db) || db < 0)
    return "It needs a host, and a number as database.";
  const login = [decoded(username), decoded(password)] as const;
  if (login[0] === undefined || login[1] === undefined)
    return "Its user or password has an invalid % escape; write % as %25.";
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? DEFAULT_PORT : Number(port),
    username: login[0],
    password: login[1],
    tls: protocol === "rediss:",
    db,
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

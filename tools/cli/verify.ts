import { Redis } from "ioredis";
import { formatProblems } from "../report.js";
import { type VerifyFailure, verify } from "../verify/verify.js";
import { CommandError, type FolderOptions, shown } from "./options.js";
import { readSources } from "./sources.js";

/** What `moonpath verify` may be told. */
export interface VerifyOptions extends FolderOptions {
  readonly redis?: string;
}

const CONNECT_LIMIT_MS = 5000;

/** `moonpath verify`: proves the scripts on a live server. Its keys are in a namespace of their own, removed again. */
export async function runVerify(options: VerifyOptions): Promise<void> {
  const url = options.redis ?? process.env["REDIS_URL"];
  if (url === undefined || url === "")
    throw new CommandError(
      "verify needs a server: name it with --redis redis://host:6379, or in REDIS_URL",
      2,
    );
  if (url.includes(",")) throw new CommandError("verify wants one server; REDIS_URL names several", 2);
  const { files, generated } = await readSources(options);
  if (generated.problems.length > 0)
    throw new CommandError(formatProblems(generated.problems, files, shown(options.lua)));
  const admin = await connect(url, {});
  try {
    const { held, failures } = await verify(generated, admin, (username, password) =>
      connect(url, { username, password }),
    );
    for (const line of held) console.log(line);
    if (failures.length > 0)
      throw new CommandError(failures.map((failure) => told(failure, shown(options.lua))).join("\n"));
  } finally {
    admin.disconnect();
  }
}

async function connect(url: string, user: { username?: string; password?: string }): Promise<Redis> {
  const redis = new Redis(url, {
    ...user,
    lazyConnect: true,
    connectTimeout: CONNECT_LIMIT_MS,
    commandTimeout: CONNECT_LIMIT_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  let reason = "";
  redis.on("error", (error) => {
    reason = error.message;
  });
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    const why = reason === "" && error instanceof Error ? error.message : reason;
    throw new CommandError(`no server answers at ${withoutPassword(url)}: ${why}`);
  }
  return redis;
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//");
}

function told(failure: VerifyFailure, folder: string): string {
  const where =
    failure.place === undefined
      ? ""
      : `${folder}/${failure.place.file}:${failure.place.line}:${failure.place.column}: `;
  return `${where}${failure.rule}: ${failure.message}`;
}

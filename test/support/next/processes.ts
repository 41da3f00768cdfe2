import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { afterFile } from "../cleanup.js";
import { within } from "../wait.js";
import { appEnv } from "./project.js";

const START_LIMIT_MS = 60_000;

/** The source of the app: each answer has the next number. */
export async function startOrigin(): Promise<{ readonly url: string; readonly answers: () => number }> {
  let answers = 0;
  const server = createServer((_request, response) => {
    answers++;
    response.end(String(answers));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterFile(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, answers: () => answers };
}

export interface AppOptions {
  readonly dist: string;
  readonly origin: string;
  readonly redisUrl: string;
  readonly namespace: string;
  readonly l1?: boolean;
}

/** A process of the app. */
export interface AppProcess {
  /** What `registerInitialCache` has returned. */
  readonly initial: { readonly outcome: string; readonly stored: number; readonly left: number };
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<AppResponse>;
  stop(): Promise<void>;
}

export interface AppResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** A part of the page, such as `number`; undefined if it has none. */
  part(name: string): string | undefined;
}

/** Runs `next start` until the end of the file. */
export async function startApp(
  folder: string,
  { dist, origin, redisUrl, namespace, l1 = false }: AppOptions,
): Promise<AppProcess> {
  const own = { APP_DIST: dist, APP_ORIGIN: origin, APP_NAMESPACE: namespace, REDIS_URL: redisUrl };
  const args = ["node_modules/next/dist/bin/next", "start", "--port", "0", "--hostname", "127.0.0.1"];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...appEnv, ...own, ...(l1 ? { APP_L1: "1" } : {}) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  afterFile(() => stop(child));
  let output = "";
  const found = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const text = pattern.exec(output)?.[1];
        if (text !== undefined) resolve(text);
      };
      child.stdout.on("data", look);
      child.once("exit", () => reject(new Error(`next start has ended:\n${output}`)));
    });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (piece: string) => {
      output += piece;
    });
  const [url, initial] = await within(
    "the app starts",
    Promise.all([found(/Local:\s+(http:\S+)/), found(/^initial (.*)$/m), found(/(Ready)/)]),
    START_LIMIT_MS,
  );
  return {
    initial: JSON.parse(initial),
    async get(path, headers = {}) {
      const response = await within(`the answer to ${path}`, fetch(url + path, { headers }), START_LIMIT_MS);
      const bytes = Buffer.from(await response.arrayBuffer());
      const text = bytes.toString("utf8");
      return {
        status: response.status,
        headers: response.headers,
        bytes,
        part: (name) => new RegExp(`${name}=(\\w+)`).exec(text)?.[1],
      };
    },
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

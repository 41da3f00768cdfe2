import { createHash } from "node:crypto";
import { stop, transform } from "esbuild";
import { Redis } from "ioredis";
import { startRedis } from "../../../src/testing/index.js";
import { type Generated, type GenerateOptions, generate } from "../../codegen/src/generate.js";
import type { Files } from "../../codegen/src/parse/folder.js";
import { formatProblems } from "../../codegen/src/report.js";
import { Violation } from "../target.js";

const OPTIONS: GenerateOptions = { client: "moonpath/client", namespace: "fuzz", sourceRoot: "lua" };
/** Redis stores scripts until they are flushed. */
const MAX_SCRIPTS = 2_000;

/** The properties of the generator for any folder. */
export class GeneratorProperties {
  /** Texts that a server or a parser has accepted before. */
  readonly #accepted = new Set<string>();

  private constructor(
    private readonly redis: Redis,
    private readonly stopServer: () => Promise<void>,
  ) {}

  static async open(): Promise<GeneratorProperties> {
    const server = await startRedis({ own: true });
    return new GeneratorProperties(new Redis(server.url), () => server.stop());
  }

  /** Runs the generator, and throws a `Violation` if a property does not hold. */
  async check(files: Files): Promise<Generated> {
    const generated = generate(files, OPTIONS);
    if (outcomeOf(generated) !== outcomeOf(generate(files, OPTIONS)))
      throw new Violation("the same folder gave another result");
    for (const problem of generated.problems) checkPosition(problem, files);
    formatProblems(generated.problems, files, "lua");
    for (const [name, { text, digest }] of generated.lua) await this.#loads(name, text, digest);
    for (const [path, text] of generated.files) if (path.endsWith(".ts")) await this.#parses(path, text);
    return generated;
  }

  async #loads(name: string, text: string, digest: string): Promise<void> {
    if (this.#known(text)) return;
    const loaded = await this.redis
      .script("LOAD", text)
      .catch((error: unknown) => Promise.reject(new Violation("Redis refuses the Lua", `${name}: ${error}`)));
    if (loaded !== digest) throw new Violation("Redis has another digest", name);
  }

  async #parses(path: string, text: string): Promise<void> {
    if (this.#known(text)) return;
    await transform(text, { loader: "ts", logLevel: "silent" }).catch((error: unknown) =>
      Promise.reject(new Violation("the TypeScript does not parse", `${path}: ${error}`)),
    );
  }

  #known(text: string): boolean {
    const digest = createHash("sha1").update(text).digest("hex");
    if (this.#accepted.has(digest)) return true;
    this.#accepted.add(digest);
    if (this.#accepted.size % MAX_SCRIPTS === 0) this.redis.script("FLUSH").catch(() => undefined);
    return false;
  }

  async close(): Promise<void> {
    this.redis.disconnect();
    await this.stopServer();
    await stop();
  }
}

function outcomeOf({ problems, files }: Generated): string {
  return JSON.stringify([problems, [...files]]);
}

function checkPosition({ rule, position }: Generated["problems"][number], files: Files): void {
  const { file, line, column } = position;
  const text = files.get(file);
  const where = `${rule} at ${file}:${line}:${column}`;
  if (text === undefined && rule === "parse/missing") return;
  if (text === undefined) throw new Violation("a problem is in a file that there is not", where);
  const found = text.replace(/^\uFEFF/, "").split("\n")[line - 1];
  if (!Number.isInteger(line) || line < 1 || found === undefined)
    throw new Violation("a problem is on a line that there is not", where);
  if (!Number.isInteger(column) || column < 1 || column > found.length + 1)
    throw new Violation("a problem is outside of its line", where);
}

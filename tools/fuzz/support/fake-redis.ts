import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** A wrong reply of a server. */
export interface HostileAnswers {
  /** The command that gets this reply: its first calls, in this order. */
  readonly to: "evalsha" | "info" | "script";
  /** Bytes as latin1. */
  readonly answers: readonly string[];
  /** Whether the server closes the connection after the last reply. */
  readonly close: boolean;
}

const INFO = "redis_version:7.2.5\r\nmaxmemory_policy:noeviction\r\nloading:0\r\nrole:master\r\n";

/**
 * A server on loopback. Its RESP2 is enough for a client to connect. After that, it sends the given
 * replies.
 */
export class FakeRedis {
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async open(hostile: HostileAnswers): Promise<FakeRedis> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
    const fake = new FakeRedis(server, address.port);
    const left = [...hostile.answers];
    server.on("connection", (socket) => fake.#serve(socket, hostile, left));
    return fake;
  }

  #serve(socket: Socket, { to, close }: HostileAnswers, left: string[]): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.#sockets.delete(socket));
    const commands = new CommandReader();
    socket.on("data", (chunk) => {
      for (const [name = "", ...args] of commands.read(chunk)) {
        const command = name.toLowerCase();
        const answer = command === to ? left.shift() : undefined;
        socket.write(answer ?? properAnswer(command, args), "latin1");
        if (answer !== undefined && left.length === 0 && close) socket.end();
      }
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, "close");
  }
}

function properAnswer(command: string, args: readonly string[]): string {
  if (command === "info") return `$${INFO.length}\r\n${INFO}\r\n`;
  if (command === "script")
    return `$40\r\n${createHash("sha1")
      .update(args[1] ?? "", "latin1")
      .digest("hex")}\r\n`;
  if (command === "evalsha") return "-ERR nothing more to say\r\n";
  if (command === "hello") return "-ERR unknown command 'HELLO'\r\n";
  return "+OK\r\n";
}

/** Parses commands from a stream. Each command is a list of words in latin1. */
class CommandReader {
  #rest = Buffer.alloc(0);

  *read(chunk: Buffer): Generator<string[]> {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (let found = this.#next(); found !== undefined; found = this.#next()) yield found;
  }

  #next(): string[] | undefined {
    let at = 0;
    const line = (): string | undefined => {
      const end = this.#rest.indexOf("\r\n", at);
      if (end < 0) return undefined;
      const text = this.#rest.toString("latin1", at, end);
      at = end + 2;
      return text;
    };
    const head = line();
    if (head === undefined) return undefined;
    const words: string[] = [];
    for (let count = Number(head.slice(1)); count > 0; count -= 1) {
      const length = Number(line()?.slice(1) ?? Number.NaN);
      if (Number.isNaN(length) || this.#rest.length < at + length + 2) return undefined;
      words.push(this.#rest.toString("latin1", at, at + length));
      at += length + 2;
    }
    this.#rest = this.#rest.subarray(at);
    return words;
  }
}

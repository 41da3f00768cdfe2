import { Agent, request } from "node:http";
import type { PlannedRequest } from "./plan.js";

/** The longest wait for one reply. */
const REPLY_LIMIT_MS = 15_000;

export interface BrowseReply {
  /** 0 means that the connection broke, or that no reply came in time. */
  readonly status: number;
  readonly body: unknown;
}

/** Sends requests over persistent connections. A request is sent once. */
export class BrowseClient {
  readonly #agent: Agent;
  readonly #address: { readonly host: string; readonly port: number };

  constructor({ host, port }: { readonly host: string; readonly port: number }, connections: number) {
    this.#address = { host, port };
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: "fifo" });
  }

  close(): void {
    this.#agent.destroy();
  }

  send({ method, path, body, headers = {} }: PlannedRequest, signal: AbortSignal): Promise<BrowseReply> {
    const text = body && JSON.stringify(body);
    const content = text && { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    return new Promise((resolve) => {
      const failed = () => resolve({ status: 0, body: undefined });
      const options = {
        ...this.#address,
        agent: this.#agent,
        method,
        path,
        headers: { ...headers, ...content },
        timeout: REPLY_LIMIT_MS,
        signal,
      };
      const sent = request(options, (response) => {
        let reply = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => {
          reply += piece;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: parsed(reply) }));
        response.on("error", failed);
      });
      sent.on("timeout", () => sent.destroy());
      sent.on("error", failed);
      sent.end(text);
    });
  }
}

function parsed(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return undefined;
  }
}

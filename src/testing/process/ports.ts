import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below the range from which Linux takes the ports of outgoing connections (32768 and up): a client that
 * reconnects to a killed server must never be given the server's own port.
 */
const lowest = 12_000;
const beyond = 32_000;

/**
 * Distinct ports of 127.0.0.1 that were free a moment ago. Another process can still take one first, so
 * whoever starts a server on it tries again with new ports when the bind fails.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(lowest, beyond);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

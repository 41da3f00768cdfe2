import { type TestAPI, test } from "vitest";

/** Whether this run starts its servers in Docker: `npm run test:docker`. */
export const inDocker = process.env["MOONPATH_SERVERS"] === "docker";

/** A test of local processes: their ids, users, files and addresses. Skipped in Docker. */
export const testOfProcesses: TestAPI["skip"] = test.skipIf(inDocker);

/** A test whose servers connect to this process, or to servers of another group. Skipped in Docker. */
export const testOfLocalNetwork: TestAPI["skip"] = test.skipIf(inDocker);

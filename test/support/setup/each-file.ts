import { afterAll, afterEach } from "vitest";
import { cleanUpFile, cleanUpTest } from "../cleanup.js";

// Vitest runs this for each test file. Test files of one worker share their modules, so a hook in a module of
// test/support would be registered for the first file alone.
afterEach(cleanUpTest);
afterAll(cleanUpFile);

export default { test: { globals: true, include: ["unit.test.ts"], testTimeout: 30_000 } };

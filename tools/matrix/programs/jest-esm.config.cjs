// Tests in ES modules, on any Node.js, with the flag --experimental-vm-modules.
const tsconfig = { module: "esnext", moduleResolution: "bundler", target: "es2022", isolatedModules: true };

module.exports = {
  rootDir: ".",
  testMatch: ["**/unit.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": ["ts-jest", { useESM: true, tsconfig }] },
};

// CommonJS tests. Jest loads the ES modules of the package with `require` on Node.js 24.9 and later, with the
// flag --experimental-vm-modules.
module.exports = {
  rootDir: ".",
  testMatch: ["**/unit.test.ts"],
  transform: {
    "\\.ts$": ["ts-jest", { tsconfig: { module: "commonjs", target: "es2022", esModuleInterop: true } }],
  },
};

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{contract,relay,worker,web}/**/*.test.ts', 'tests/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    // Two cores: real brokers and browsers are heavy, so files run two at a time at most.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{contract,relay,worker,web}/**/*.test.ts', 'tests/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    reporters: ['default', './tests/support/summary-reporter.ts'],
    // Two cores: real brokers and browsers are heavy, so files run two at a time at most.
    maxWorkers: 2,
    // Of tests that may run beside each other within a file: fault scenarios, each with a relay and tabs.
    maxConcurrency: 3,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Neither an exclusive test nor an empty run may pass for the whole suite.
    allowOnly: false,
    passWithNoTests: false,
  },
});

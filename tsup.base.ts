import { defineConfig, type Options } from 'tsup'

/** The build that every package shares: ESM and declarations, one file per entry, dependencies left outside. */
export function packageConfig(options: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: { index: 'src/index.ts', 'testing/index': 'testing/index.ts' },
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: [/^node:/, /^@zkstack\//],
    dts: true,
    sourcemap: true,
    clean: true,
    splitting: true,
    ...options,
  })
}

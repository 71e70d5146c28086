import { describe, test } from 'vitest'
import { blsMinPk, loadCryptoBackends } from '../../../src/index.js'
import { schemeCompliance } from '../../../testing/index.js'

await loadCryptoBackends()

describe.each(blsMinPk.backends)('blsMinPk by %s', (backend) => {
  const scheme = blsMinPk.withBackend(backend) ?? blsMinPk.current
  test.each(schemeCompliance(scheme))('$name', ({ run }) => run())
})

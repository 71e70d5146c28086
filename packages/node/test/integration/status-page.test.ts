import { createTestNetwork } from '@zkstack/executor/testing'
import { realClock } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import { statusPage } from '../../src/page/status-page.js'
import { Journal } from '../../src/status/journal.js'
import { statusReport, type StatusReport } from '../../src/status/status-report.js'

const evil = `</script><img src=x onerror="alert(1)">'`

/** The report of a real node, with every text of it that has another origin than the node replaced. */
async function hostileReport(): Promise<StatusReport> {
  await using network = await createTestNetwork(2)
  const { node } = network.at(0)
  await network.waitForHeight(1n)
  using journal = new Journal({ node, clock: realClock })
  const report = statusReport({ node, journal, metrics: undefined, clock: realClock })
  const [peer] = report.node.peers
  if (peer === undefined) throw new Error('a committee of two is connected')
  const warning = { atUtcMs: 0, code: evil, message: evil }
  const happening = { atUtcMs: 0, kind: 'peer disconnected', subject: evil, reason: evil } as const
  const peers = [{ ...peer, peerId: evil, address: evil, buildVersion: evil, key: evil }]
  return {
    ...report,
    node: { ...report.node, peers, warnings: [warning], addresses: [evil] },
    happenings: [happening],
  }
}

test('status page › texts from peers with markup in them › are shown, never interpreted', async () => {
  const page = statusPage(await hostileReport())
  expect(
    page.split('&lt;/script&gt;&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;').length,
  ).toBeGreaterThan(8)
  expect(page).not.toContain('<img')
  expect(page.match(/<\/script>/g)).toHaveLength(1)
})

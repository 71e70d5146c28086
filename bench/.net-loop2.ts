import { libp2pTransport } from '@zkstack/network'
import { testCommittee } from '@zkstack/roles/testing'
import { TestPeer } from '@zkstack/network/testing'
const committee = testCommittee(6)
for (let i = 0; i < 6; i++) {
  const a = await TestPeer.start({ committee, transport: libp2pTransport() })
  const b = await TestPeer.start({ committee, transport: libp2pTransport(), peers: { outbound: [a.asStaticPeer] } })
  await b.connectedTo(a); await a.connectedTo(b)
  const t = performance.now()
  await a.stop()
  console.log('stopped in', performance.now() - t)
  await b.sees('peerDisconnected')
  console.log(b.events.filter(e => e.type === 'peerDisconnected').map(e => [e.code, e.text, e.by]), a.events.filter(e => e.type === 'peerDisconnected').map(e => [e.code, e.text, e.by]))
  await b.stop()
}

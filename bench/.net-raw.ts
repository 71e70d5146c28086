import {
  libp2pTransport,
  protocols,
  type TransportConnection,
  type FrameStream,
} from '@zkstack/network'
import { generateNodeKey } from '@zkstack/roles'
import { systemRandom } from '@zkstack/concurrency'
const ka = generateNodeKey(systemRandom),
  kb = generateNodeKey(systemRandom)
const ta = libp2pTransport(),
  tb = libp2pTransport()
let inbound!: TransportConnection
const { addresses } = await ta.start({
  identity: ka,
  listen: ['127.0.0.1:0'],
  protocols: Object.values(protocols),
  onConnection: (c) => {
    inbound = c
  },
})
await tb.start({
  identity: kb,
  listen: [],
  protocols: Object.values(protocols),
  onConnection: () => {},
})
const conn = await tb.dial(addresses[0]!, ka.publicKey, { signal: AbortSignal.timeout(5000) })
await new Promise((r) => setTimeout(r, 50))
let onFrame: (f: Uint8Array, s: FrameStream) => void = () => {}
inbound.onStream(protocols.ping, 1 << 24, async (s) => {
  for (;;) {
    const f = await s.receive()
    if (!f) return
    onFrame(f, s)
  }
})
const s = await conn.openStream(protocols.ping, {
  signal: AbortSignal.timeout(5000),
  maxFrameBytes: 1 << 24,
})
for (const size of [200, 1024, 65536, 1 << 20, 8 << 20]) {
  const frame = new Uint8Array(size)
  // RTT
  onFrame = (f, st) => {
    void st.send(f)
  }
  const rtts: number[] = []
  for (let i = 0; i < (size > 1e6 ? 20 : 300); i++) {
    const t = performance.now()
    await s.send(frame)
    await s.receive()
    rtts.push(performance.now() - t)
  }
  rtts.sort((x, y) => x - y)
  // one-way
  const n = Math.max(20, Math.min(20000, Math.floor((128 << 20) / size)))
  let k = 0
  let done!: () => void
  const p = new Promise<void>((r) => {
    done = r
  })
  onFrame = () => {
    if (++k === n) done()
  }
  const t0 = performance.now()
  for (let i = 0; i < n; i++) await s.send(frame)
  await p
  const dt = (performance.now() - t0) / 1000
  console.log(
    `size=${size} rtt median ${rtts[rtts.length >> 1]!.toFixed(3)} ms; one-way ${(n / dt).toFixed(0)} msg/s ${((n * size) / 1048576 / dt).toFixed(1)} MiB/s`,
  )
}
await tb.stop()
await ta.stop()

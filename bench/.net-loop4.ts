import { libp2pTransport } from '@zkstack/network'
import { TestBed } from '../packages/network/testing/compliance/bed.js'
import { Libp2pConnection } from '../packages/network/src/transport/libp2p-connection.js'
const C: any = Libp2pConnection.prototype; const close = C.close; C.close = async function () { const s = performance.now(); const p = close.call(this); await new Promise(r => setTimeout(r, 300)); const k = Object.getOwnPropertySymbols(this); const cs = (globalThis as any).__conns?.at(-1); console.log('after 300ms', cs?.muxer?.status, cs?.maConn?.status, cs?.streams.map((x: any) => [x.protocol, x.direction, x.status, x.writeStatus, x.writeBufferLength, x.writableNeedsDrain, x.readStatus]), cs?.maConn?.socket?.destroyed, cs?.maConn?.socket?.writableFinished, cs?.maConn?.writeBuffer?.byteLength, cs?.maConn?.writableNeedsDrain); await p; console.log('close took', performance.now() - s, this.direction) }
const bed = new TestBed(() => libp2pTransport())
const t0 = performance.now(); const T = () => (performance.now() - t0).toFixed(0)
const a = await bed.peer(); console.log('a', T())
const m = await bed.raw(); console.log('m', T())
await m.connect(a.asStaticPeer, { genesis: bed.committee.genesis, protocolVersion: 2 }).catch((e) => console.log(e.code, T()))
await a.sees('peerRefused'); console.log('refused', T())
await m[Symbol.asyncDispose](); console.log('m stopped', T())
await a.stop(); console.log('a stopped', T())

import { libp2pTransport } from '@zkstack/network'
import { testCommittee } from '@zkstack/roles/testing'
import { TestPeer } from '@zkstack/network/testing'
import { Libp2pFrameStream } from '../packages/network/src/transport/libp2p-frame-stream.js'
import { Libp2pConnection } from '../packages/network/src/transport/libp2p-connection.js'
const committee = testCommittee(6)
const P: any = Libp2pFrameStream.prototype, C: any = Libp2pConnection.prototype
let on = false; const t0 = performance.now()
const say = (...a: any[]) => { if (on) console.log((performance.now() - t0).toFixed(1), ...a) }
const send = P.send; P.send = async function (f: Uint8Array) { say('send', f.length); try { return await send.call(this, f) } catch (e) { say('send failed', String(e)); throw e } }
const rec = P.receive; P.receive = async function () { try { const f = await rec.call(this); say('receive', f?.length); return f } catch (e) { say('receive failed', String(e)); throw e } }
const abort = C.abort; C.abort = function (e: Error) { say('conn abort', e.message, this.direction); return abort.call(this, e) }
const close = C.close; C.close = async function () { say('conn close', this.direction); await close.call(this); say('conn closed', this.direction) }
const fabort = P.abort; P.abort = function (e: Error) { say('stream abort', e.message); return fabort.call(this, e) }
for (let i = 0; i < 4; i++) {
  const a = await TestPeer.start({ committee, transport: libp2pTransport() })
  const b = await TestPeer.start({ committee, transport: libp2pTransport(), peers: { outbound: [a.asStaticPeer] } })
  await b.connectedTo(a); await a.connectedTo(b)
  on = true
  await a.stop()
  await b.sees('peerDisconnected')
  on = false
  console.log(b.events.filter(e => e.type === 'peerDisconnected').map(e => [e.code, e.text, e.by]))
  await b.stop()
}

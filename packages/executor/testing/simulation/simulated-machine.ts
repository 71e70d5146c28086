import type { SeededRandom } from '@zkstack/concurrency'
import type { NodeStore } from '@zkstack/storage'
import { SimulatedDisk, type DiskWrite } from '@zkstack/storage/testing'
import type { ProcessLife } from './process-life.js'

/** Where in a write the power goes: before anything of it is on disk, in the middle, or when all of it is. */
export type CrashPoint = 'before' | 'torn' | 'after'

/** What happens to a write. */
export type WriteFate = 'done' | CrashPoint

/** What a {@link SimulatedMachine} asks and tells. */
export interface MachineInit {
  readonly random: SeededRandom
  /** How long a write takes now, in milliseconds. */
  writeMs(): number
  /** Decides about write `index`, counted from 1 over all lives; everything but `done` ends the process. */
  onWrite(index: number, write: DiskWrite): WriteFate
  /** The process is to end now, within write `index`. */
  onPowerCut(index: number): void
}

/** A machine: its disk stays when its processes come and go. */
export class SimulatedMachine {
  readonly #init: MachineInit
  readonly #disk = new SimulatedDisk()
  #writes = 0

  constructor(init: MachineInit) {
    this.#init = init
  }

  /** Writes that were begun, over all lives. */
  get writes(): number {
    return this.#writes
  }

  /** Opens the store for a process. @throws StorageError */
  openStore(life: ProcessLife): Promise<NodeStore> {
    return this.#disk.open({
      random: this.#init.random,
      yieldTurn: () => life.wait(0),
      onWrite: (write) => this.#write(life, write),
    })
  }

  #write(life: ProcessLife, write: DiskWrite): Promise<void> {
    if (!life.isAlive) return life.run(() => Promise.resolve())
    this.#writes += 1
    const index = this.#writes
    const fate = this.#init.onWrite(index, write)
    if (fate === 'before') return this.#powerCut(life, index)
    return new Promise((resolve) => {
      life.after(this.#init.writeMs() * (fate === 'torn' ? 0.5 : 1), () => {
        if (fate === 'torn') write.tear()
        else write.apply()
        if (fate === 'done') resolve()
        else this.#init.onPowerCut(index)
      })
    })
  }

  #powerCut(life: ProcessLife, index: number): Promise<void> {
    this.#init.onPowerCut(index)
    return life.run(() => Promise.resolve())
  }
}

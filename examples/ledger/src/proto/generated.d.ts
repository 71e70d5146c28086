import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace zkstack. */
export namespace zkstack {

    /** Namespace example. */
    namespace example {

        /** Namespace ledger. */
        namespace ledger {

            /**
             * Properties of a Transaction.
             * @deprecated Use zkstack.example.ledger.Transaction.$Properties instead.
             */
            interface ITransaction extends zkstack.example.ledger.Transaction.$Properties {
            }

            /** Represents a Transaction. */
            class Transaction {

                /**
                 * Constructs a new Transaction.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: zkstack.example.ledger.Transaction.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Transaction chain_id. */
                chain_id: Long;

                /** Transaction from. */
                from: Uint8Array;

                /** Transaction to. */
                to: Uint8Array;

                /** Transaction amount. */
                amount: Long;

                /** Transaction nonce. */
                nonce: Long;

                /** Transaction fee. */
                fee: Long;

                /** Transaction signature. */
                signature: Uint8Array;

                /**
                 * Encodes the specified Transaction message. Does not implicitly {@link zkstack.example.ledger.Transaction.verify|verify} messages.
                 * @param message Transaction message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: zkstack.example.ledger.Transaction.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Transaction message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {zkstack.example.ledger.Transaction & zkstack.example.ledger.Transaction.$Shape} Transaction
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zkstack.example.ledger.Transaction & zkstack.example.ledger.Transaction.$Shape;
            }

            namespace Transaction {

                /** Properties of a Transaction. */
                interface $Properties {

                    /** Transaction chain_id */
                    chain_id?: (Long|null);

                    /** Transaction from */
                    from?: (Uint8Array|null);

                    /** Transaction to */
                    to?: (Uint8Array|null);

                    /** Transaction amount */
                    amount?: (Long|null);

                    /** Transaction nonce */
                    nonce?: (Long|null);

                    /** Transaction fee */
                    fee?: (Long|null);

                    /** Transaction signature */
                    signature?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Transaction. */
                type $Shape = zkstack.example.ledger.Transaction.$Properties;
            }

            /**
             * Properties of a Payload.
             * @deprecated Use zkstack.example.ledger.Payload.$Properties instead.
             */
            interface IPayload extends zkstack.example.ledger.Payload.$Properties {
            }

            /** Represents a Payload. */
            class Payload {

                /**
                 * Constructs a new Payload.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: zkstack.example.ledger.Payload.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Payload parent. */
                parent: Uint8Array;

                /** Payload transactions. */
                transactions: Uint8Array[];

                /** Payload state_root. */
                state_root: Uint8Array;

                /** Payload filler. */
                filler: Uint8Array;

                /**
                 * Encodes the specified Payload message. Does not implicitly {@link zkstack.example.ledger.Payload.verify|verify} messages.
                 * @param message Payload message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: zkstack.example.ledger.Payload.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Payload message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {zkstack.example.ledger.Payload & zkstack.example.ledger.Payload.$Shape} Payload
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): zkstack.example.ledger.Payload & zkstack.example.ledger.Payload.$Shape;
            }

            namespace Payload {

                /** Properties of a Payload. */
                interface $Properties {

                    /** Payload parent */
                    parent?: (Uint8Array|null);

                    /** Payload transactions */
                    transactions?: (Uint8Array[]|null);

                    /** Payload state_root */
                    state_root?: (Uint8Array|null);

                    /** Payload filler */
                    filler?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Payload. */
                type $Shape = zkstack.example.ledger.Payload.$Properties;
            }
        }
    }
}

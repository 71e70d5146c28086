/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["zkstack_example_ledger"] || ($protobuf.roots["zkstack_example_ledger"] = {});

export const zkstack = $root.zkstack = (() => {

    /**
     * Namespace zkstack.
     * @exports zkstack
     * @namespace
     */
    const zkstack = {};

    zkstack.example = (function() {

        /**
         * Namespace example.
         * @memberof zkstack
         * @namespace
         */
        const example = {};

        example.ledger = (function() {

            /**
             * Namespace ledger.
             * @memberof zkstack.example
             * @namespace
             */
            const ledger = {};

            ledger.Transaction = (function() {

                /**
                 * Properties of a Transaction.
                 * @typedef {Object} zkstack.example.ledger.Transaction.$Properties
                 * @property {Long|null} [chain_id] Transaction chain_id
                 * @property {Uint8Array|null} [from] Transaction from
                 * @property {Uint8Array|null} [to] Transaction to
                 * @property {Long|null} [amount] Transaction amount
                 * @property {Long|null} [nonce] Transaction nonce
                 * @property {Long|null} [fee] Transaction fee
                 * @property {Uint8Array|null} [signature] Transaction signature
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Transaction.
                 * @memberof zkstack.example.ledger
                 * @interface ITransaction
                 * @augments zkstack.example.ledger.Transaction.$Properties
                 * @deprecated Use zkstack.example.ledger.Transaction.$Properties instead.
                 */

                /**
                 * Shape of a Transaction.
                 * @typedef {zkstack.example.ledger.Transaction.$Properties} zkstack.example.ledger.Transaction.$Shape
                 */

                /**
                 * Constructs a new Transaction.
                 * @memberof zkstack.example.ledger
                 * @classdesc Represents a Transaction.
                 * @constructor
                 * @param {zkstack.example.ledger.Transaction.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Transaction = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Transaction chain_id.
                 * @member {Long} chain_id
                 * @memberof zkstack.example.ledger.Transaction
                 * @instance
                 */
                Transaction.prototype.chain_id = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Transaction from.
                 * @member {Uint8Array} from
                 * @memberof zkstack.example.ledger.Transaction
                 * @instance
                 */
                Transaction.prototype.from = $util.newBuffer([]);

                /**
                 * Transaction to.
                 * @member {Uint8Array} to
                 * @memberof zkstack.example.ledger.Transaction
                 * @instance
                 */
                Transaction.prototype.to = $util.newBuffer([]);

                /**
                 * Transaction amount.
                 * @member {Long} amount
                 * @memberof zkstack.example.ledger.Transaction
                 * @instance
                 */
                Transaction.prototype.amount = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Transaction nonce.
                 * @member {Long} nonce
                 * @memberof zkstack.example.ledger.Transaction
                 * @instance
                 */
                Transaction.prototype.nonce = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Transaction fee.
                 * @member {Long} fee
                 * @memberof zkstack.example.ledger.Transaction
                 * @instance
                 */
                Transaction.prototype.fee = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Transaction signature.
                 * @member {Uint8Array} signature
                 * @memberof zkstack.example.ledger.Transaction
                 * @instance
                 */
                Transaction.prototype.signature = $util.newBuffer([]);

                /**
                 * Encodes the specified Transaction message. Does not implicitly {@link zkstack.example.ledger.Transaction.verify|verify} messages.
                 * @function encode
                 * @memberof zkstack.example.ledger.Transaction
                 * @static
                 * @param {zkstack.example.ledger.Transaction.$Properties} message Transaction message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Transaction.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.chain_id != null && $Object.hasOwnProperty.call(message, "chain_id") && (typeof message.chain_id === "object" ? message.chain_id.low || message.chain_id.high : message.chain_id !== 0))
                        writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.chain_id);
                    if (message.from != null && $Object.hasOwnProperty.call(message, "from") && message.from.length)
                        writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.from);
                    if (message.to != null && $Object.hasOwnProperty.call(message, "to") && message.to.length)
                        writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.to);
                    if (message.amount != null && $Object.hasOwnProperty.call(message, "amount") && (typeof message.amount === "object" ? message.amount.low || message.amount.high : message.amount !== 0))
                        writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.amount);
                    if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && (typeof message.nonce === "object" ? message.nonce.low || message.nonce.high : message.nonce !== 0))
                        writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.nonce);
                    if (message.fee != null && $Object.hasOwnProperty.call(message, "fee") && (typeof message.fee === "object" ? message.fee.low || message.fee.high : message.fee !== 0))
                        writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.fee);
                    if (message.signature != null && $Object.hasOwnProperty.call(message, "signature") && message.signature.length)
                        writer.uint32(/* id 7, wireType 2 =*/58).bytes(message.signature);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Transaction message from the specified reader or buffer.
                 * @function decode
                 * @memberof zkstack.example.ledger.Transaction
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {zkstack.example.ledger.Transaction & zkstack.example.ledger.Transaction.$Shape} Transaction
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Transaction.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.zkstack.example.ledger.Transaction();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.chain_id = value;
                                else
                                    delete message.chain_id;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.from = value;
                                else
                                    delete message.from;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.to = value;
                                else
                                    delete message.to;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.amount = value;
                                else
                                    delete message.amount;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.nonce = value;
                                else
                                    delete message.nonce;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.fee = value;
                                else
                                    delete message.fee;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.signature = value;
                                else
                                    delete message.signature;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Transaction;
            })();

            ledger.Payload = (function() {

                /**
                 * Properties of a Payload.
                 * @typedef {Object} zkstack.example.ledger.Payload.$Properties
                 * @property {Uint8Array|null} [parent] Payload parent
                 * @property {Array.<Uint8Array>|null} [transactions] Payload transactions
                 * @property {Uint8Array|null} [state_root] Payload state_root
                 * @property {Uint8Array|null} [filler] Payload filler
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Payload.
                 * @memberof zkstack.example.ledger
                 * @interface IPayload
                 * @augments zkstack.example.ledger.Payload.$Properties
                 * @deprecated Use zkstack.example.ledger.Payload.$Properties instead.
                 */

                /**
                 * Shape of a Payload.
                 * @typedef {zkstack.example.ledger.Payload.$Properties} zkstack.example.ledger.Payload.$Shape
                 */

                /**
                 * Constructs a new Payload.
                 * @memberof zkstack.example.ledger
                 * @classdesc Represents a Payload.
                 * @constructor
                 * @param {zkstack.example.ledger.Payload.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Payload = function (properties) {
                    this.transactions = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Payload parent.
                 * @member {Uint8Array} parent
                 * @memberof zkstack.example.ledger.Payload
                 * @instance
                 */
                Payload.prototype.parent = $util.newBuffer([]);

                /**
                 * Payload transactions.
                 * @member {Array.<Uint8Array>} transactions
                 * @memberof zkstack.example.ledger.Payload
                 * @instance
                 */
                Payload.prototype.transactions = $util.emptyArray;

                /**
                 * Payload state_root.
                 * @member {Uint8Array} state_root
                 * @memberof zkstack.example.ledger.Payload
                 * @instance
                 */
                Payload.prototype.state_root = $util.newBuffer([]);

                /**
                 * Payload filler.
                 * @member {Uint8Array} filler
                 * @memberof zkstack.example.ledger.Payload
                 * @instance
                 */
                Payload.prototype.filler = $util.newBuffer([]);

                /**
                 * Encodes the specified Payload message. Does not implicitly {@link zkstack.example.ledger.Payload.verify|verify} messages.
                 * @function encode
                 * @memberof zkstack.example.ledger.Payload
                 * @static
                 * @param {zkstack.example.ledger.Payload.$Properties} message Payload message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Payload.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.parent != null && $Object.hasOwnProperty.call(message, "parent") && message.parent.length)
                        writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.parent);
                    if (message.transactions != null && message.transactions.length)
                        for (let i = 0; i < message.transactions.length; ++i)
                            writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.transactions[i]);
                    if (message.state_root != null && $Object.hasOwnProperty.call(message, "state_root") && message.state_root.length)
                        writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.state_root);
                    if (message.filler != null && $Object.hasOwnProperty.call(message, "filler") && message.filler.length)
                        writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.filler);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Payload message from the specified reader or buffer.
                 * @function decode
                 * @memberof zkstack.example.ledger.Payload
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {zkstack.example.ledger.Payload & zkstack.example.ledger.Payload.$Shape} Payload
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Payload.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.zkstack.example.ledger.Payload();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.parent = value;
                                else
                                    delete message.parent;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.transactions && message.transactions.length))
                                    message.transactions = [];
                                message.transactions.push(reader.bytes());
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.state_root = value;
                                else
                                    delete message.state_root;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.filler = value;
                                else
                                    delete message.filler;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                return Payload;
            })();

            return ledger;
        })();

        return example;
    })();

    return zkstack;
})();

export {
  $root as default
};

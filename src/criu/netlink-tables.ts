/**
 * Message types and attributes of the netlink dumps in CRIU images (uapi linux/if_addr.h, rtnetlink.h, fib_rules.h,
 * netfilter/nfnetlink_conntrack.h). Routing numbers are little-endian like the images, conntrack ones big-endian.
 */

/** How an attribute's value is read; a table for attributes inside attributes. */
export type AttributeKind = 'u8' | 'u32' | 's32' | 'be16' | 'be32' | 'be64' | 'ip' | 'text' | 'hex' | AttributeTable
export type AttributeTable = ReadonlyMap<number, readonly [name: string, kind: AttributeKind]>

/** [name, bytes]: one or four bytes little-endian, two bytes big-endian; '' for padding. */
export type HeaderField = readonly [name: string, bytes: 1 | 2 | 4]

export interface MessageKind {
  readonly name: string
  readonly header: keyof typeof headers
  readonly attributes: AttributeTable
}

/** Fixed headers: ifaddrmsg, rtmsg, fib_rule_hdr, nfgenmsg. */
export const headers = {
  none: [],
  address: [
    ['family', 1],
    ['prefix_length', 1],
    ['flags', 1],
    ['scope', 1],
    ['interface', 4],
  ],
  route: [
    ['family', 1],
    ['destination_length', 1],
    ['source_length', 1],
    ['tos', 1],
    ['table', 1],
    ['protocol', 1],
    ['scope', 1],
    ['type', 1],
    ['flags', 4],
  ],
  rule: [
    ['family', 1],
    ['destination_length', 1],
    ['source_length', 1],
    ['tos', 1],
    ['table', 1],
    ['', 1],
    ['', 1],
    ['action', 1],
    ['flags', 4],
  ],
  netfilter: [
    ['family', 1],
    ['version', 1],
    ['resource', 2],
  ],
} as const satisfies Readonly<Record<string, readonly HeaderField[]>>

/** Names after a prefix, counted from 1; `-` leaves a number out, `name:kind` gives the kind (hexadecimal without). */
function table(prefix: string, rows: string, inner: Readonly<Record<number, AttributeTable>> = {}): AttributeTable {
  const found = new Map<number, readonly [string, AttributeKind]>()
  for (const [i, row] of rows.split(' ').entries()) {
    const [name = '', kind = 'hex'] = row.split(':')
    if (name !== '-') found.set(i + 1, [`${prefix}_${name}`, inner[i + 1] ?? (kind as AttributeKind)])
  }
  return found
}

const IFA = table(
  'IFA',
  'ADDRESS:ip LOCAL:ip LABEL:text BROADCAST:ip ANYCAST:ip CACHEINFO MULTICAST:ip FLAGS:u32 RT_PRIORITY:u32 ' +
    'TARGET_NETNSID:u32 PROTO:u8',
)

const RTA = table(
  'RTA',
  'DST:ip SRC:ip IIF:u32 OIF:u32 GATEWAY:ip PRIORITY:u32 PREFSRC:ip METRICS MULTIPATH PROTOINFO FLOW:u32 CACHEINFO ' +
    'SESSION MP_ALGO TABLE:u32 MARK:u32 MFC_STATS VIA NEWDST PREF:u8 ENCAP_TYPE ENCAP EXPIRES:u32 PAD UID:u32 ' +
    'TTL_PROPAGATE:u8 IP_PROTO:u8 SPORT:be16 DPORT:be16 NH_ID:u32',
)

const FRA = table(
  'FRA',
  'DST:ip SRC:ip IIFNAME:text GOTO:u32 - PRIORITY:u32 - - - FWMARK:u32 FLOW:u32 TUN_ID:be64 SUPPRESS_IFGROUP:s32 ' +
    'SUPPRESS_PREFIXLEN:s32 TABLE:u32 FWMASK:u32 OIFNAME:text PAD L3MDEV:u8 UID_RANGE PROTOCOL:u8 IP_PROTO:u8 ' +
    'SPORT_RANGE DPORT_RANGE',
)

const TUPLE = table('CTA_TUPLE', 'IP PROTO ZONE:be16', {
  1: table('CTA_IP', 'V4_SRC:ip V4_DST:ip V6_SRC:ip V6_DST:ip'),
  2: table(
    'CTA_PROTO',
    'NUM:u8 SRC_PORT:be16 DST_PORT:be16 ICMP_ID:be16 ICMP_TYPE:u8 ICMP_CODE:u8 ICMPV6_ID:be16 ICMPV6_TYPE:u8 ' +
      'ICMPV6_CODE:u8',
  ),
})
const COUNTERS = table('CTA_COUNTERS', 'PACKETS:be64 BYTES:be64')
const PROTOINFO = table('CTA_PROTOINFO', 'TCP DCCP SCTP', {
  1: table('CTA_PROTOINFO_TCP', 'STATE:u8 WSCALE_ORIGINAL:u8 WSCALE_REPLY:u8 FLAGS_ORIGINAL FLAGS_REPLY'),
})
const SEQUENCE = table('CTA_SEQADJ', 'CORRECTION_POS:be32 OFFSET_BEFORE:be32 OFFSET_AFTER:be32')

const CTA = table(
  'CTA',
  'TUPLE_ORIG TUPLE_REPLY STATUS:be32 PROTOINFO HELP NAT_SRC TIMEOUT:be32 MARK:be32 COUNTERS_ORIG COUNTERS_REPLY ' +
    'USE:be32 ID:be32 NAT_DST TUPLE_MASTER SEQ_ADJ_ORIG SEQ_ADJ_REPLY SECMARK:be32 ZONE:be16 SECCTX TIMESTAMP ' +
    'MARK_MASK:be32 LABELS LABELS_MASK SYNPROXY FILTER',
  {
    1: TUPLE,
    2: TUPLE,
    4: PROTOINFO,
    5: table('CTA_HELP', 'NAME:text INFO'),
    9: COUNTERS,
    10: COUNTERS,
    14: TUPLE,
    15: SEQUENCE,
    16: SEQUENCE,
    19: table('CTA_SECCTX', 'NAME:text'),
    20: table('CTA_TIMESTAMP', 'START:be64 STOP:be64'),
  },
)

const EXPECT = table(
  'CTA_EXPECT',
  'MASTER TUPLE MASK TIMEOUT:be32 ID:be32 HELP_NAME:text ZONE:be16 FLAGS:be32 CLASS:be32 NAT FN:text',
  { 1: TUPLE, 2: TUPLE, 3: TUPLE },
)

const kind = (name: string, header: MessageKind['header'], attributes: AttributeTable): MessageKind => ({
  name,
  header,
  attributes,
})

/** By nlmsghdr.nlmsg_type. Conntrack types are the subsystem (1, 2) in the high byte and the message in the low one. */
export const messageTypes: Readonly<Record<number, MessageKind>> = {
  1: kind('NLMSG_NOOP', 'none', new Map()),
  2: kind('NLMSG_ERROR', 'none', new Map()),
  3: kind('NLMSG_DONE', 'none', new Map()),
  20: kind('RTM_NEWADDR', 'address', IFA),
  21: kind('RTM_DELADDR', 'address', IFA),
  24: kind('RTM_NEWROUTE', 'route', RTA),
  25: kind('RTM_DELROUTE', 'route', RTA),
  32: kind('RTM_NEWRULE', 'rule', FRA),
  33: kind('RTM_DELRULE', 'rule', FRA),
  256: kind('IPCTNL_MSG_CT_NEW', 'netfilter', CTA),
  512: kind('IPCTNL_MSG_EXP_NEW', 'netfilter', EXPECT),
}

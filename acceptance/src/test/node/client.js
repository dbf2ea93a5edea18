// A producer or a group member on KafkaJS, told what to do by its arguments:
//
//   node client.js produce <bootstrap> <topic> <from> <count> <none|gzip>
//   node client.js consume <bootstrap> <topic> <group> <count>
//
// Producing says `ack <partition> <first offset>` for each partition of each request. Consuming says
// `record <partition> <offset> <key> <value> <header>` for each record, and after `count` of them commits where it is,
// leaves the group and says `closed`.
'use strict';

const { Kafka, CompressionTypes, logLevel } = require('kafkajs');

const [what, bootstrap, topic, ...rest] = process.argv.slice(2);
const kafka = new Kafka({
  clientId: 'acceptance-kafkajs',
  brokers: [bootstrap],
  logLevel: logLevel.WARN,
  retry: { initialRetryTime: 100, retries: 10 },
});

async function produce(from, count, codec) {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const compression = codec === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None;
  for (let at = from; at < from + count; at += 50) {
    const messages = [];
    for (let i = at; i < Math.min(at + 50, from + count); i++) {
      messages.push({ key: `k${i % 7}`, value: `v${i}`, headers: { codec } });
    }
    const answers = await producer.send({ topic, acks: -1, compression, messages });
    for (const answer of answers) {
      if (answer.errorCode !== 0) throw new Error(`error ${answer.errorCode}`);
      console.log(`ack ${answer.partition} ${answer.baseOffset}`);
    }
  }
  await producer.disconnect();
}

async function consume(group, count) {
  const consumer = kafka.consumer({ groupId: group, sessionTimeout: 6000, heartbeatInterval: 500 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const next = new Map();
  let seen = 0;
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, (event) => reject(event.payload.error));
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ partition, message }) => {
          if (seen >= count) return;
          seen += 1;
          next.set(partition, (BigInt(message.offset) + 1n).toString());
          console.log(`record ${partition} ${message.offset} ${message.key} ${message.value} ${message.headers.codec}`);
          if (seen === count) resolve();
        },
      })
      .catch(reject);
  });
  const offsets = [...next].map(([partition, offset]) => ({ topic, partition, offset }));
  await consumer.commitOffsets(offsets);
  await consumer.disconnect();
  console.log('closed');
}

async function main() {
  if (what === 'produce') await produce(Number(rest[0]), Number(rest[1]), rest[2]);
  else if (what === 'consume') await consume(rest[0], Number(rest[1]));
  else throw new Error(`unknown: ${what}`);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);

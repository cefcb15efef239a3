// Reads the messages whose paths stand on standard input with postal-mime; a line of JSON each.
const { readFileSync } = require("node:fs");
const PostalMime = require("postal-mime").default ?? require("postal-mime");

const addresses = (found) => (found ?? []).map((one) => one.address);
async function main() {
  for (const path of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
    const message = await PostalMime.parse(readFileSync(path));
    const found = {
      sender_name: message.from.name, sender: message.from.address, subject: message.subject,
      to: addresses(message.to), cc: addresses(message.cc), bcc: addresses(message.bcc),
      fields: message.headers.map((one) => one.key),
      files: message.attachments.filter((one) => one.disposition === "attachment")
        .map((one) => one.filename),
    };
    process.stdout.write(JSON.stringify(found) + "\n");
  }
}
main();

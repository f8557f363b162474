// The proxy's routes, kept in a file as well: a proxy that is started again knows where everyone's server is.
"use strict";
const fs = require("fs");
const { MemoryStore } = require(`${process.env.GRADIENTS_PROXY}/lib/store.js`);
const FILE = process.env.GRADIENTS_ROUTES;

module.exports = class FileStore extends MemoryStore {
  constructor() {
    super();
    if (!fs.existsSync(FILE)) return;
    try {
      for (const [path, data] of Object.entries(JSON.parse(fs.readFileSync(FILE, "utf8"))))
        super.add(path, { ...data, last_activity: new Date() });
    } catch (error) {
      console.warn(`${FILE} can't be read (${error.message}); the hub will name the routes again`);
    }
  }

  // Not on `update`, which notes the time of each request.
  async add(path, data) {
    await super.add(path, data);
    this.keep();
  }

  async remove(path) {
    const route = await super.remove(path);
    this.keep();
    return route;
  }

  keep() {
    fs.writeFileSync(`${FILE}.new`, JSON.stringify(this.routes), { mode: 0o600 });
    fs.renameSync(`${FILE}.new`, FILE);
  }
};

// The device's memory: two IndexedDB stores, «device» (named values) and «spool» (deliveries by number).
// A write is on disk when its promise resolves (`durability: "strict"`), and one change is there as a whole or not at all.

const NAME = "dauys-kiosk";
const VERSION = 1;

export async function openDatabase() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("device");
    request.result.createObjectStore("spool", { keyPath: "sequence" }).createIndex("mark", "mark");
  };
  return new Database(await done(request));
}

export class Database {
  #connection;

  constructor(connection) {
    this.#connection = connection;
  }

  /** A named value of «device»; undefined when there is none. */
  get(name) {
    return done(this.#connection.transaction("device").objectStore("device").get(name));
  }

  put(name, value) {
    return this.change(["device"], (stores) => stores.device.put(value, name));
  }

  /** `question` of the spool's store, or index: `read((spool) => spool.get(1))`. */
  read(question) {
    return done(question(this.#connection.transaction("spool").objectStore("spool")));
  }

  /** All that `work` asks of these stores at once, in one transaction; it may not wait in between. */
  change(names, work) {
    const transaction = this.#connection.transaction(names, "readwrite", { durability: "strict" });
    work(Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)])));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

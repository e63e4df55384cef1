"""Indonesian words by what they do in a claim: deny it, ask about it, turn it round, name one of several.

Written as people write in chats, with their abbreviations. English words stand beside those that circulate with them.
A word that is missing here costs little: in a claim told nearly in the same words any other word is a change.
"""


def _listed(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


NEGATORS = _listed(
    "tidak tdk tdak tidk tidaklah tidakkah tak takkan ga gak gk nggak ngga nggk enggak engga gag kagak kaga ndak nda "
    "ora bukan bkn bukanlah bukannya belum blm blum belom jangan jgn jangn janganlah tanpa tiada takada tiadanya not "
    "no never without dont doesnt didnt isnt arent wasnt werent wont cannot cant couldnt shouldnt hasnt havent non "
    "nihil mustahil batal gagal urung enggan ogah emoh pantang"
)
"""Deny the next word with content."""
NOT_YET = _listed("belum blm blum belom")
ALREADY = _listed("sudah udah sdh udh telah")
"""The opposite of those, where a claim turns on them: "sudah tutup"."""
DENIALS = _listed(
    "bantah membantah dibantah bantahan bantahkan terbantahkan sangkal menyangkal disangkal sangkalan tepis menepis "
    "ditepis tampik menampik ditampik hoaks hoax hoaxs bohong kebohongan keliru dibatalkan membatalkan pembatalan "
    "batalkan menggagalkan digagalkan mengurungkan mencegah dicegah denies denied hoaxes mengada-ada ngarang"
)
"""Deny the claim that they stand beside."""
FALSE = _listed("hoaks hoax hoaxs hoaxes bohong kebohongan keliru ngarang mengada-ada")
"""Among the denials, those that a question asks for: "ini hoaks?"."""
SPREADING = _listed(
    "anti sebar menyebar menyebarkan nyebar nyebarin sebarkan disebar penyebar penyebaran tebar menebar penebar lawan "
    "melawan perangi memerangi tangkal menangkal pembuat back stop"
)
"""Behind them a hoax is what is spread or fought, and no word about the claim: "penyebar hoax"."""
HOLLOW = _listed(
    "lain lama hanya cuma cuman sekadar sekedar apa2 apa-apa sabar jarang sedikit heran ayal pelak"
)
"""What is said with a denial and denies nothing of what stands around: "tidak lain adalah", "tak lama lagi"."""
CALLED_OFF = _listed("batal gagal urung")
"""Deny the next word, or what was said before where none follows: "penutupan jembatan batal"."""
TRUE = _listed("benar bener betul beneran benarnya valid true")
TAGS = _listed(
    "sih ya yah y min mimin kak ka pak bu gan admin nih dong deh kah bang mas mbak bro sis ini itu tu tuh info infonya"
)
"""After them a denial is a question: "benar ga min"."""
ASKING = _listed("apakah apa benarkah betulkah kah atau ataukah hoaxkah hoakskah bukankah masa masak masakah or ataw")
FILLERS = _listed(
    "yang yg dan dn di ke dari dr untuk utk buat dengan dgn dg pada oleh itu ini tersebut adalah ialah yaitu yakni "
    "bahwa akan bakal mau telah sudah udah sdh udh sedang lagi masih juga pun lah kah sih nya saja aja hanya cuma "
    "bisa dapat dpt agar supaya karena krn sebab sebagai secara atau atas bagi para per sang si kini jadi menjadi "
    "serta maupun dalam hal ada adanya kalau kalo jika bila maka namun tetapi tapi lalu kemudian ternyata rupanya "
    "langsung pernah akhirnya harus terlalu terlampau sangat amat sekali-kali benar-benar sungguh-sungguh seperti "
    "kepada terhadap tentang terkait soal the a an of in on at to for and is are was were be been has have had will "
    "that this with by from as it its"
)
"""Say nothing of their own; a denial reaches across them."""
EDGES = _listed(
    "assalamualaikum assalamu'alaikum asalamualaikum assalamu alaikum wr wb warahmatullahi wabarakatuh salam selamat "
    "pagi siang sore malam halo hallo hai hi hello permisi punten misi maaf mohon tolong tlg mhn please plis pliss "
    "bantu bantuannya izin ijin min mimin admin atmin kak ka kakak pak bapak bpk bu ibu gan agan bang abang mas mbak "
    "bro sis om tante bos bosku guys gaes teman kawan sahabat rekan dicek cek cekkan ceknya mengecek periksa "
    "diperiksa memeriksa tanya bertanya nanya menanyakan tanyakan konfirmasi dikonfirmasi mengonfirmasi konfirmasinya "
    "klarifikasi diklarifikasi klarifikasinya verifikasi diverifikasi pencerahan pencerahannya penjelasan "
    "penjelasannya jelaskan jawab jawaban jawabannya balas tanggapan kebenaran kebenarannya benar bener betul beneran "
    "benarkah betulkah valid validkah fakta faktanya apakah apa gimana bagaimana bgmn kenapa mengapa siapa dimana "
    "mana kapan kah ya yah yaa y kan dong deh nih tuh kok loh lho sih nya hoaks hoax hoaxkah hoakskah hoaxs bohong "
    "bohongan asli palsu palsukah saya aku gue gw sy kami kita anda kamu katanya kabarnya konon kata disebutkan "
    "terimakasih makasih makasi trims tks thanks thank you thx matur nuwun hatur nuhun sebar sebarkan sebarluaskan "
    "share bagikan viralkan viral teruskan forward fwd penasaran ragu bingung takut takutnya khawatir kuatir cemas "
    "resah segera dulu dlu coba mungkin sekali banget amat dah tau tahu ngerti mengerti paham is it true check fact "
    "real fake or can do know masa masak serius seriusan infokan kabari kasih beri ditunggu nunggu menunggu "
    "secepatnya sebelumnya skrg sekarang barusan tadi nah wah waduh astaga astagfirullah innalillahi mau ingin pengen "
    "perlu butuh minta kasihtau atau bukan tidak ga gak"
)
"""Greeting, question and appeal, where they stand before or behind a claim."""
CONTEXT = _listed(
    "kabar berita beritanya info infonya informasi informasinya video videonya vidio foto fotonya gambar gambarnya "
    "pesan pesannya postingan posting unggahan konten kontennya artikel judul link linknya tautan isu isunya rumor "
    "broadcast bc tulisan narasi rekaman suara audio screenshot ss status story cerita sumber sumbernya dapat dapet "
    "terima diterima menerima kiriman kirim dikirim mengirim lihat melihat liat nemu menemukan baca membaca dibaca "
    "dengar mendengar denger dari grup group grub sebelah keluarga wa wag medsos media sosial internet google ig fb "
    "twitter tiktok tik tok youtube yt facebook instagram telegram whatsapp threads x reels reel hp tetangga orang "
    "warga masyarakat kampung news post beredar beredarnya tersebar disebar disebarkan diteruskan terusan dipercaya "
    "diminta seperti begini gini gitu begitu semua ramai rame heboh bikin buat terjadi kejadian muncul ada lewat via "
    "oleh di dalam soal tentang mengenai terkait hal ini"
)
"""Where and how something was seen. With nothing else it is no claim; beside a claim it may be part of it."""
CHANNELS = _listed("wa whatsapp facebook fb tiktok youtube instagram ig telegram twitter threads")
"""Channels that claims are made about."""
NUMBERED = _listed(
    "sd sdn smp sma smk mts mtsn negeri rt rw kelas kls grade semester tingkat blok gang gg jalan jl jln nomor no "
    "lantai lt km kilometer pasal ayat bab jilid seri tahap gelombang fase termin angkatan versi tipe type golongan "
    "gol jalur rute koridor kamar ruang gedung tower unit episode edisi jenis pintu gerbang tol terminal pos tps "
    "dapil hepatitis vitamin grup kloter shift level zona sektor ring peron kapal bus nomornya ke dosis vaksin liga "
    "divisi ruas simpang puskesmas posyandu dusun lingkungan hamengkubuwono paku jokowi sby"
)
"""A value behind one of these says which of several is meant."""
PEOPLE = _listed(
    "orang org jiwa warga korban tewas meninggal luka terluka kk keluarga penerima siswa santri pelajar murid "
    "mahasiswa guru pasien penumpang anak bayi balita polisi tentara prajurit anggota pendemo demonstran peserta "
    "massa buruh pekerja karyawan tka jamaah jemaah relawan penduduk pengungsi wanita perempuan pria lelaki laki "
    "terinfeksi positif kasus people persons dead killed victims children kepala pegawai pns asn nelayan petani "
    "pedagang pengikut pemilih misionaris narapidana napi tahanan imigran turis wisatawan wni wna"
)
"""Their counts grow as a story is retold, and are no part of the claim."""
EMPTY = EDGES | CONTEXT | FILLERS | NEGATORS | DENIALS | TAGS
"""Words that claim nothing by themselves."""

_OPPOSITES = (
    "naik kenaikan meningkat peningkatan dinaikkan tingkatkan / turun penurunan menurun diturunkan turunkan anjlok "
    "merosot",
    "boleh diperbolehkan memperbolehkan dibolehkan bolehkan izinkan diizinkan mengizinkan izin diijinkan allowed "
    "allow / larang dilarang melarang larangan terlarang haramkan diharamkan mengharamkan banned ban forbidden",
    "buka dibuka membuka terbuka pembukaan open opened / tutup ditutup menutup tertutup penutupan closed close shut",
    "hidup selamat alive survived / mati meninggal wafat tewas mampus gugur kematian dead died dies",
    "menang memenangkan kemenangan dimenangkan unggul wins won / kalah kekalahan dikalahkan lost loses",
    "gratis cuma-cuma digratiskan gratiskan free / berbayar dibayar membayar bayar bertarif paid",
    "masuk memasuki dimasukkan masukkan memasukkan / keluar dikeluarkan mengeluarkan keluarkan",
    "datang tiba kedatangan hadir menghadiri dihadiri / pergi absen mangkir",
    "terima diterima menerima penerimaan setuju menyetujui disetujui persetujuan setujui sepakat dukung mendukung "
    "didukung dukungan pro / tolak ditolak menolak penolakan menentang ditentang kontra mengecam dikecam kecam kecaman "
    "rejects rejected",
    "besar membesar / kecil mengecil",
    "sah legal resmi absah / ilegal liar",
    "halal dihalalkan menghalalkan / haram",
    "aman amankan safe / bahaya berbahaya membahayakan dangerous rawan",
    "positif positive / negatif negative",
    "untung keuntungan menguntungkan laba / rugi kerugian merugikan dirugikan",
    "tambah ditambah menambah bertambah penambahan tambahan / kurang dikurangi mengurangi berkurang pengurangan "
    "dipangkas",
    "tinggi tertinggi / rendah terendah",
    "mahal / murah",
    "cepat dipercepat percepat / lambat diperlambat lama",
    "mulai dimulai memulai bermula lanjut dilanjutkan melanjutkan berlanjut / akhir berakhir diakhiri mengakhiri usai "
    "selesai henti dihentikan diberhentikan menghentikan berhenti penghentian setop stop distop",
    "pasang dipasang memasang pemasangan / copot dicopot mencopot pencopotan",
    "diangkat mengangkat angkat dilantik melantik pelantikan / dipecat memecat pecat pemecatan",
    "ditahan ditangkap menangkap menahan penangkapan penahanan tangkap dipenjara penjara pemenjaraan arrested / "
    "dibebaskan membebaskan bebas dilepas dilepaskan pembebasan pelepasan freed",
    "sehat sembuh menyembuhkan disembuhkan kesembuhan cures cure / sakit penyakit menyakitkan",
    "ampuh manjur efektif berkhasiat mujarab / mandul sia-sia",
    "penuh / kosong",
    "jual menjual dijual penjualan / beli membeli dibeli pembelian",
    "sukses berhasil lulus / gagal",
    "aktif diaktifkan mengaktifkan / nonaktif dinonaktifkan menonaktifkan",
    "pria laki-laki lelaki laki cowok / wanita perempuan cewek",
    "suami ayah bapak / istri isteri ibu",
    "sebelum / sesudah setelah sehabis",
    "maju / mundur",
    "pertama terdepan / terakhir",
    "negeri / swasta",
    "semua seluruh segenap / sebagian",
    "muslim islam / kristen katolik nasrani",
    "kaya / miskin",
    "kuat menguat penguatan / lemah melemah pelemahan",
    "perpanjang diperpanjang memperpanjang perpanjangan / dipersingkat diperpendek perpendek",
    "dibangun membangun pembangunan / dibongkar membongkar pembongkaran digusur menggusur penggusuran dirobohkan",
    "benar terbukti / salah",
    "ditambahkan / dihapus menghapus penghapusan dihapuskan",
    "wajib diwajibkan mewajibkan kewajiban harus / sunah sukarela opsional",
    "kanan / kiri",
    "kebal / rentan",
    "memperbaiki membaik perbaikan / memburuk merusak perusakan",
    "utang berutang / lunas melunasi",
    "melindungi dilindungi perlindungan / menyerang diserang penyerangan serangan",
)
"""Pairs of words that cannot both be true of one thing; each word stands in one pair."""


def _sides() -> dict[str, tuple[str, int]]:
    sides: dict[str, tuple[str, int]] = {}
    for pair in _OPPOSITES:
        one, other = (side.split() for side in pair.split(" / "))
        sides |= dict.fromkeys(one, (f"~{one[0]}", 1))
        sides |= dict.fromkeys(other, (f"~{one[0]}", -1))
    return sides


SIDES = _sides()
"""Word → the name of its pair, and on which side of it the word stands."""
SPELLED_OUT = {
    "sdn": ("sd", "negeri"), "smpn": ("smp", "negeri"), "sman": ("sma", "negeri"), "smkn": ("smk", "negeri"),
    "mtsn": ("mts", "negeri"), "sltp": ("smp",), "slta": ("sma",), "smu": ("sma",), "smun": ("sma", "negeri"),
    "jln": ("jalan",), "jl": ("jalan",), "gg": ("gang",), "nomer": ("nomor",), "no": ("nomor",),
    "hr": ("hari",), "thn": ("tahun",), "th": ("tahun",), "bln": ("bulan",), "tgl": ("tanggal",),
    "ttg": ("tentang",), "org": ("orang",), "kec": ("kecamatan",), "kab": ("kabupaten",), "kel": ("kelurahan",),
    "ds": ("desa",), "kls": ("kelas",), "lt": ("lantai",), "brp": ("berapa",),
}  # fmt: skip
DAYS = {
    name: day
    for day, names in enumerate(
        ("senin monday", "selasa tuesday", "rabu wednesday", "kamis thursday", "jumat jum'at jumaat friday",
         "sabtu saturday", "ahad sunday"), 1
    )
    for name in names.split()
}  # fmt: skip
MONTHS = {
    name: month
    for month, names in enumerate(
        ("januari january", "februari pebruari february", "maret march", "april", "mei", "juni june", "juli july",
         "agustus august", "september", "oktober october", "november nopember", "desember december"), 1
    )
    for name in names.split()
}  # fmt: skip
PARTS = _listed("pagi siang sore petang malam subuh")
CLASSES = {
    word: name
    for name, listed in (
        ("direction", "utara selatan timur barat tenggara"),
        ("school", "tk paud sd smp sma smk mts"),
        ("ward", "rt rw"),
    )
    for word in listed.split()
}
"""Words of which one cannot stand for another, by their kind."""

"""Sample data: given and family names that belong together, and where their bearers work."""

# how often such names come up, given names, family names
NAMES = (
    (
        9,
        "Anna Lukas Katharina Jonas Miriam Felix Johanna Tobias Lea Matthias Ines Florian Greta "
        "Sebastian Frieda Moritz Annika Hendrik",
        "Müller Schäfer Hoffmann Krüger Weiß Vogel Böhm Winkler Lorenz Albrecht Seidel Brandt "
        "Kühn Pohl Engel Ziegler Hartwig Reuter",
    ),
    (
        5,
        "Eleanor James Imogen Oliver Harriet Callum Beatrice Rhys Niamh Declan Charlotte Edmund "
        "Fiona Angus Rosalind Theo",
        "Whitfield Ashworth Pemberton Hughes O'Connor Gallagher Sinclair Fraser Holloway Marsh "
        "Bennett Thorne Doyle Chambers Prescott Lowe",
    ),
    (
        4,
        "Camille Antoine Élodie Julien Margaux Baptiste Solène Rémi Clémence Hugo Manon Étienne "
        "Aurélie Thibault",
        "Lefèvre Moreau Girard Fontaine Chevalier Mercier Renaud Gauthier Perrin Marchand Aubert "
        "Leclerc Besson Dumas",
    ),
    (
        4,
        "Lucía Alejandro Carmen Javier Inés Pablo Marisol Diego Valentina Andrés Elena Rafael "
        "Camila Mateo",
        "García Navarro Ortega Iglesias Castillo Herrera Domínguez Peña Aguilar Salazar Rojas "
        "Fuentes Morales Vidal",
    ),
    (
        3,
        "Giulia Marco Chiara Lorenzo Francesca Davide Martina Alessandro Silvia Nicolò Elisa "
        "Stefano",
        "Ferrari Bianchi Colombo Ricci Conti Greco Gallo Fontana Caruso Rinaldi Lombardi Moretti",
    ),
    (
        4,
        "Agnieszka Piotr Zofia Tomasz Magdalena Jakub Ewa Grzegorz Hanna Mateusz Joanna Łukasz",
        "Nowak Wójcik Mazur Krawczyk Wróbel Dudek Pawlak Sikora Król Baran Szewczyk Stępień",
    ),
    (
        3,
        "Astrid Erik Linnea Magnus Freja Nils Sigrid Søren Ingrid Anders Maja Henrik",
        "Lindgren Bergström Nyberg Sørensen Holm Dahl Åkesson Haugen Møller Ekström Solberg Lund",
    ),
    (
        2,
        "Aino Eero Helmi Juhani Kaisa Mikko Saara Ville Noora Antti",
        "Korhonen Virtanen Mäkelä Niemi Heikkinen Laine Salonen Koskinen Lehtonen Rantanen",
    ),
    (
        3,
        "Sanne Joris Fleur Bram Lotte Thijs Marieke Ruben Femke Daan",
        "Bakker Visser Smit Meijer Dekker Brouwer Dijkstra Peeters Hendriks Willems",
    ),
    (
        3,
        "Beatriz Tiago Mariana Gonçalo Inês Rui Leonor João Catarina Duarte",
        "Almeida Carvalho Teixeira Moreira Figueiredo Pinheiro Barros Cardoso Nogueira Tavares",
    ),
    (
        3,
        "Elif Emre Zeynep Kerem Aylin Burak Defne Cem Selin Ozan",
        "Yılmaz Demir Şahin Aydın Öztürk Arslan Doğan Kılıç Çelik Koç",
    ),
    (
        4,
        "Priya Arjun Ananya Rohan Kavya Vikram Meera Siddharth Lakshmi Aditya Nandini Karthik",
        "Sharma Iyer Banerjee Reddy Nair Kulkarni Mehta Chatterjee Menon Desai Rao Joshi",
    ),
    (
        3,
        "Yuki Haruto Sakura Kenji Aiko Ren Naomi Takumi Emi Daichi",
        "Tanaka Nakamura Kobayashi Yoshida Matsumoto Inoue Shimizu Mori Okada Fujita",
    ),
    (
        3,
        "Wei Jing Xinyi Hao Mei Jun Yifan Lan Zihan Ling",
        "Zhang Liu Huang Zhao Zhou Xu Guo Lin Deng Song",
    ),
    (
        2,
        "Ji-woo Min-jun Seo-yeon Do-hyun Ha-eun Hyun-woo Soo-jin Tae-yang",
        "Park Choi Jung Kang Yoon Lim Han Shin",
    ),
    (
        2,
        "Linh Minh Thảo Quang Hương Tuấn Mai Khánh",
        "Nguyễn Trần Phạm Hoàng Đặng Bùi Đỗ Võ",
    ),
    (
        3,
        "Layla Omar Nour Khalid Yasmin Tariq Salma Hassan Rania Karim",
        "Haddad Mansour El-Sayed Khoury Nasser Farouk Darwish Saleh Aziz Rahman",
    ),
    (
        3,
        "Adaeze Chinedu Ngozi Tunde Amara Kwame Abena Kofi Folake Emeka",
        "Okafor Adeyemi Mensah Eze Balogun Owusu Nwosu Boateng Abiola Asante",
    ),
    (
        2,
        "Wanjiru Kamau Achieng Otieno Zawadi Juma Neema Baraka",
        "Mwangi Odhiambo Kariuki Njoroge Wekesa Kimani Mutua Omondi",
    ),
    (
        2,
        "Oksana Andriy Iryna Taras Halyna Bohdan Daryna Maksym",
        "Shevchenko Kovalenko Bondarenko Tkachenko Melnyk Kravchuk Lysenko Oliynyk",
    ),
    (
        2,
        "Eleni Nikos Sofia Giorgos Danai Stavros Irini Petros",
        "Papadaki Vlachou Kanaki Stefanou Georgiou Makri Ioannou Alexiou",
    ),
)

# letters that do not come apart into a plain one and an accent
PLAIN = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "ı": "i", "đ": "d", "æ": "ae"})

CLINICAL = ("clinic.example", "hospital.example", "med.uni.example", "pharmacy.example")
STUDIES = ("uni.example", "college.example", "institute.example", "polytechnic.example")
INDUSTRY = ("acme-devices.example", "radio-lab.example", "devices.example")
